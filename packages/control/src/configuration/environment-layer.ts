/**
 * Providers found by their usual environment variables, and the consumer whose keys are those providers' own keys: an
 * application that has OPENAI_API_KEY set already sends it, so that changing its base URL is all there is to do.
 */
import { providerCatalogue, usualBaseUrl, type CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import { hashKey, secretPointers } from "@parley/contract/secrets";
import { hash } from "node:crypto";
import type { Json } from "@parley/stores/ports/config-store";
import type { HeldEntity, KeySpec, Kind } from "./entity.ts";
import { purposeOf } from "./spec-secrets.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export const environmentConsumer = "environment";

/** A shorter one (`dummy`, `none`) is a placeholder that anybody could guess: it opens nothing here. */
const leastKeyLength = 16;

/** `seal` may give back an earlier sealed text of the same secret. */
export function environmentLayer(environment: Environment, seal: (purpose: string, secret: string) => string, at: number): HeldEntity[] {
  const found = providerCatalogue.flatMap((entry) => providerFrom(entry, environment));
  if (found.length === 0) return [];
  const held = (kind: Kind, name: string, spec: Json): HeldEntity =>
    ({ kind, name, spec, origin: "environment", tag: `environment-${hash("sha256", JSON.stringify(spec), "hex").slice(0, 16)}`, updatedAt: at, updatedBy: "environment" });
  const providers = found.map(({ name, apiKey, baseUrl, settings }) => {
    const sealed = apiKey === null ? {} : { apiKey: seal(purposeOf({ kind: "provider", name }, "/apiKey"), apiKey) };
    const others = Object.fromEntries(Object.entries(settings).map(([setting, value]) => [setting, isSecret(setting) ? seal(purposeOf({ kind: "provider", name }, `/${setting}`), value) : value]));
    return held("provider", name, { ...sealed, ...others, ...(baseUrl === null ? {} : { baseUrl }) });
  });
  const keys = found.filter((provider) => (provider.apiKey?.length ?? 0) >= leastKeyLength).map((provider) => {
    const spec: KeySpec = {
      consumer: environmentConsumer, name: provider.variable, hash: hashKey(provider.apiKey ?? ""), hint: "",
      createdAt: new Date(at).toISOString(), createdBy: environmentConsumer,
    };
    return held("key", `environment-${provider.name}`, { ...spec });
  });
  return keys.length === 0 ? providers : [...providers, held("consumer", environmentConsumer, { access: ["ai"] }), ...keys];
}

/** The variable that owns a provider of the environment, to tell people. */
export function owningVariable(name: string, environment: Environment): string | null {
  return providerCatalogue.filter((entry) => entry.kind === name).flatMap((entry) => providerFrom(entry, environment))[0]?.variable ?? null;
}

interface FoundProvider {
  name: string;
  apiKey: string | null;
  baseUrl: string | null;
  /** Others than the key, as they are written in the configuration. */
  settings: Readonly<Record<string, string>>;
  variable: string;
}

function providerFrom(entry: CatalogueEntry, environment: Environment): FoundProvider[] {
  const keyVariable = entry.keyVariables.find((variable) => textOf(environment, variable) !== undefined);
  const baseUrl = entry.baseUrlVariable ? completeUrl(textOf(environment, entry.baseUrlVariable), entry.baseUrl) : null;
  const settings = settingsFrom(entry, environment);
  if (baseUrl === null && entry.dialect !== null && usualBaseUrl(entry, settings) === null) return [];
  if (keyVariable) return [{ name: entry.kind, apiKey: textOf(environment, keyVariable) ?? null, baseUrl, settings, variable: keyVariable }];
  const signsIn = (settings["accessKeyId"] && settings["secretAccessKey"]) || settings["serviceAccount"] || settings["accessToken"];
  if (signsIn) return [{ name: entry.kind, apiKey: null, baseUrl, settings, variable: firstVariable(entry, environment) }];
  // A provider that needs no key is there when its address is.
  if ((entry.credentials === "none" || (entry.keyIsOptional && !entry.settings)) && entry.baseUrlVariable && baseUrl) return [{ name: entry.kind, apiKey: null, baseUrl, settings, variable: entry.baseUrlVariable }];
  return [];
}

/** AWS's variables are set on many machines for other reasons: a region says that they are meant for this, too. */
function settingsFrom(entry: CatalogueEntry, environment: Environment): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const { name, variables } of entry.settings ?? []) {
    const value = variables.map((variable) => textOf(environment, variable)).find((text) => text !== undefined);
    if (value !== undefined) settings[name] = value;
  }
  if (entry.credentials === "aws" && (settings["region"] === undefined || settings["accessKeyId"] === undefined)) {
    for (const name of ["accessKeyId", "secretAccessKey", "sessionToken"]) delete settings[name];
  }
  return settings;
}

function firstVariable(entry: CatalogueEntry, environment: Environment): string {
  const signing = (entry.settings ?? []).filter(({ name }) => name === "accessKeyId" || name === "serviceAccount" || name === "accessToken");
  return signing.flatMap(({ variables }) => variables).find((variable) => textOf(environment, variable) !== undefined) ?? "";
}

/** Without the line break at its end that a variable has from the file it was filled from: no header field can hold that. Undefined where nothing is left. */
function textOf(environment: Environment, variable: string): string | undefined {
  return environment[variable]?.trim() || undefined;
}

function isSecret(setting: string): boolean {
  return (secretPointers.provider as readonly string[]).includes(`/${setting}`);
}

/** OLLAMA_HOST is often just a host, or the address that a server binds. */
function completeUrl(text: string | undefined, usual: string | null): string | null {
  if (!text) return null;
  const withScheme = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (withScheme !== text && url.port === "" && usual) url.port = new URL(usual).port;
  return url.href.replace(/\/$/, "");
}
