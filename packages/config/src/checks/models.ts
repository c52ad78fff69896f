import { providerCatalogue, settingOf, usualBaseUrl } from "@parley/contract/ai/provider-catalogue";
import type { CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import type { Provider } from "@parley/contract/config/ai";
import type { Config } from "@parley/contract/config/config";
import type { Finding, Path } from "../diagnostics/finding.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { type DefinedNames, invalid, unknownReference } from "./check.ts";

export function modelFindings(config: Config, names: DefinedNames): Finding[] {
  const providers = Object.entries(config.ai.providers).flatMap(([name, provider]) => providerFindings(name, provider));
  const models = Object.entries(config.ai.models).flatMap(([name, model]) =>
    model.targets.flatMap((target, index) => targetFindings(["ai", "models", name, "targets", index, "model"], target.model, names)),
  );
  const embeddings = config.ai.cache.semantic;
  return [...providers, ...models, ...(embeddings ? targetFindings(["ai", "cache", "semantic", "model"], embeddings.model, names) : [])];
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
  return [...addressFindings(path, { name, entry, provider }), ...credentialFindings(path, { name, entry, provider })];
}

interface Written {
  name: string;
  entry: CatalogueEntry;
  provider: Provider;
}

function addressFindings(path: Path, { name, entry, provider }: Written): Finding[] {
  if (entry.dialect === null || provider.baseUrl !== undefined || usualBaseUrl(entry, provider) !== null) return [];
  const missing = entry.settings?.find((setting) => setting.required && settingOf(entry, setting.name, provider) === undefined);
  if (missing) return [{ ...invalid(path, `the provider "${name}" has no ${missing.name}, which is a part of its address`, `write ${missing.name}: (${missing.title}), or the whole baseUrl`), at: "key" }];
  return [{ ...invalid(path, `the provider "${name}" has no baseUrl`, `write where it is, such as baseUrl: ${entry.surface === "azure" ? "https://my-resource.openai.azure.com" : "http://127.0.0.1:8000/v1"}`), at: "key" }];
}

/** Half of a pair of credentials is a slip, and so is a setting that this kind of provider does nothing with. */
function credentialFindings(path: Path, { name, entry, provider }: Written): Finding[] {
  const findings: Finding[] = [];
  if ((provider.accessKeyId === undefined) !== (provider.secretAccessKey === undefined)) {
    findings.push({ ...invalid(path, `the provider "${name}" has one of accessKeyId and secretAccessKey, and they belong together`, "write both, or an apiKey instead"), at: "key" });
  }
  const taken = new Set<string>((entry.settings ?? []).map((setting) => setting.name));
  for (const setting of settingNames) {
    if (provider[setting] !== undefined && !taken.has(setting)) findings.push(invalid([...path, setting], `a provider of the kind "${entry.kind}" has no ${setting}`, "leave it out, or check the kind"));
  }
  return findings;
}

const settingNames = ["account", "region", "project", "location", "apiVersion", "accessKeyId", "secretAccessKey", "sessionToken", "serviceAccount", "accessToken"] as const;
