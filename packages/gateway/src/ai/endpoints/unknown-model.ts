/** The refusal of a model that nobody has: it lists what there is, nearest first. */
import { catalogueEntry, providerCatalogue } from "@parley/contract/ai/provider-catalogue";
import type { Refusal } from "@parley/contract/problems/problem";
import type { ModelDirectory } from "../models/model-directory.ts";
import { nearest } from "../models/nearest.ts";

const listedAtMost = 10;

export async function unknownModel(directory: ModelDirectory, model: string): Promise<Refusal> {
  const names = (await directory.names()).map(({ id }) => id);
  if (model === "" && names.length > 0) return { code: "unknown-model", detail: "the request names no model, and no configured provider answers this without one", extensions: { param: "model" } };
  const shown = model.length > 100 ? `${model.slice(0, 100)}…` : model;
  if (names.length === 0) {
    return { code: "unknown-model", detail: `there is no model ${shown}, nor any other: no provider is configured`, fix: "Add a provider in the console under AI, Providers, or set its variable, such as OPENAI_API_KEY.", extensions: { param: "model" } };
  }
  const missing = missingProvider(directory, model);
  if (missing) return { code: "unknown-model", detail: `there is no model ${shown}: the provider ${missing.kind} is not configured`, fix: `Add the provider ${missing.kind}${missing.variable} in the configuration or in the console under AI, Providers, or use one of the models that GET /v1/models lists.`, extensions: { param: "model" } };
  const listed = nearest(model, names, listedAtMost);
  const rest = names.length > listed.length ? ` and ${names.length - listed.length} more` : "";
  return { code: "unknown-model", detail: `there is no model ${shown}; there are ${listed.join(", ")}${rest}`, extensions: { param: "model" } };
}

/** A known provider that the name means, and that nobody has configured: `anthropic/…`, or a model that its maker is known for. */
function missingProvider(directory: ModelDirectory, model: string): { kind: string; variable: string } | null {
  const slash = model.indexOf("/");
  const entry = slash > 0 ? catalogueEntry(model.slice(0, slash)) : providerCatalogue.find(({ models }) => models.includes(model));
  if (!entry || directory.hasProvider(entry.kind)) return null;
  const [variable] = entry.keyVariables;
  return { kind: entry.kind, variable: variable === undefined ? "" : ` (its usual variable is ${variable})` };
}
