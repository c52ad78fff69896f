/**
 * Providers that are known by name. A provider is data: what it speaks, where it is, how its key is called, where it
 * differs. Adding an OpenAI-compatible one is one entry in the folder beside this file. Both planes read this: the gateway
 * to call, the control plane to find providers by their usual environment variables and to offer them in the console.
 */
import { clouds } from "./catalogue/clouds.ts";
import type { CatalogueEntry } from "./catalogue/entry.ts";
import { hosts } from "./catalogue/hosts.ts";
import { makers } from "./catalogue/makers.ts";
import { ownServers } from "./catalogue/own-servers.ts";

export type { Capability, CatalogueEntry, Dialect, ProviderSetting, Quirks } from "./catalogue/entry.ts";

/** The makers first: a bare name belongs to who made the model, where that is configured. */
export const providerCatalogue: readonly CatalogueEntry[] = [...makers, ...clouds, ...hosts, ...ownServers];

const byKind = new Map(providerCatalogue.map((entry) => [entry.kind, entry]));

export function catalogueEntry(kind: string): CatalogueEntry | undefined {
  return byKind.get(kind);
}

type Settings = Readonly<Partial<Record<string, unknown>>>;

/** A setting as it holds: written, or the usual one. */
export function settingOf(entry: CatalogueEntry, name: string, written: Settings): string | undefined {
  const value = written[name];
  if (typeof value === "string" && value !== "") return value;
  return entry.settings?.find((setting) => setting.name === name)?.usual;
}

/** The base URL with its settings put in; null where there is none, or where a setting is missing. */
export function usualBaseUrl(entry: CatalogueEntry, written: Settings): string | null {
  if (entry.baseUrl === null) return null;
  // Vertex AI has its global endpoint at a host without a location.
  if (entry.kind === "vertex" && settingOf(entry, "location", written) === "global") return "https://aiplatform.googleapis.com";
  let complete = true;
  const url = entry.baseUrl.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = settingOf(entry, name, written);
    complete &&= value !== undefined;
    return hostOnly(value ?? "");
  });
  return complete ? url : null;
}

const credentialMembers = ["apiKey", "keys", "accessKeyId", "serviceAccount", "accessToken"];

/** True for a provider that cannot be called without a key, and has none. Servers on one's own machine need none. */
export function lacksKey(entry: CatalogueEntry, written: Settings): boolean {
  if (entry.keyVariables.length === 0 || (entry.keyIsOptional && !entry.settings)) return false;
  return !credentialMembers.some((member) => (Array.isArray(written[member]) ? written[member].length > 0 : Boolean(written[member])));
}

/** People write `https://workspace.example.com/` where a host is asked for. */
function hostOnly(text: string): string {
  return text.replace(/^https?:\/\//, "").replace(/\/+$/, "");
}
