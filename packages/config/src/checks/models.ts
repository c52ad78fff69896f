import { providerCatalogue } from "@parley/contract/ai/provider-catalogue";
import type { Provider } from "@parley/contract/config/ai";
import type { Config } from "@parley/contract/config/config";
import type { Finding, Path } from "../finding.ts";
import { nearest } from "../nearest.ts";
import { type DefinedNames, invalid, unknownReference } from "./check.ts";

export function modelFindings(config: Config, names: DefinedNames): Finding[] {
  const providers = Object.entries(config.ai.providers).flatMap(([name, provider]) => providerFindings(name, provider));
  const models = Object.entries(config.ai.models).flatMap(([name, model]) =>
    model.targets.flatMap((target, index) => targetFindings(["ai", "models", name, "targets", index, "model"], target.model, names)),
  );
  return [...providers, ...models];
}

function targetFindings(path: Path, model: string, names: DefinedNames): Finding[] {
  const provider = model.slice(0, model.indexOf("/"));
  return names.providers.has(provider) ? [] : [unknownReference(path, `there is no provider "${provider}"`, { name: provider, known: names.providers })];
}

function providerFindings(name: string, provider: Provider): Finding[] {
  const path = ["ai", "providers", name];
  const kind = provider.kind ?? name;
  const known = providerCatalogue.map((entry) => entry.kind);
  const entry = providerCatalogue.find((candidate) => candidate.kind === kind);
  if (!entry && provider.kind !== undefined) {
    return [unknownReference([...path, "kind"], `no provider is of the kind "${kind}"`, { name: kind, known })];
  }
  if (!entry) {
    const near = nearest(name, known);
    const advice = "for any other provider say what it speaks, such as kind: openai-compatible";
    return [{ ...unknownReference(path, `"${name}" is no provider that Parley knows by name`, { name, known }), at: "key", suggestion: near === null ? advice : `did you mean "${near}"? ${advice}` }];
  }
  if (entry.baseUrl !== null || entry.dialect === null || provider.baseUrl !== undefined) return [];
  return [{ ...invalid(path, `the provider "${name}" has no baseUrl`, "write where it is, such as baseUrl: http://127.0.0.1:8000/v1"), at: "key" }];
}
