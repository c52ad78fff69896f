/**
 * A configured provider, compiled: where it is, what it speaks, which credentials it wants. Whatever makes it unusable is
 * found here, once, and is a refusal that says what to do.
 */
import { catalogueEntry, providerCatalogue } from "@parley/contract/ai/provider-catalogue";
import type { CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import type { Provider } from "@parley/contract/config/ai";
import type { Refusal } from "@parley/contract/problems/problem";
import type { DialectName } from "../conversation/content.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { providerDialects } from "../dialects/provider-dialects.ts";
import { nearest } from "./nearest.ts";

export interface ProviderAccount {
  readonly name: string;
  readonly kind: string;
  /** Null for the sandbox, which is answered inside the gateway. */
  readonly dialect: ProviderDialect | null;
  /** Others that it speaks, each for callers who speak it too. */
  readonly alsoSpeaks: readonly ProviderDialect[];
  /** Scheme, host and port; empty for the sandbox. */
  readonly origin: string;
  /** What comes before the dialect's paths; without a slash at its end. */
  readonly basePath: string;
  readonly host: string;
  /** Name, value, …: the credentials. */
  readonly credentials: readonly string[];
  readonly timeouts: { readonly connectMs: number; readonly firstByteMs: number; readonly idleMs: number };
  /** Models that it is known to have, without asking. */
  readonly models: readonly string[];
  /** The configuration names its models, so that there are no others. */
  readonly modelsAreFixed: boolean;
  /** Why it cannot be called; null if it can. */
  readonly unusable: Refusal | null;
}

export function compileProvider(name: string, provider: Provider): ProviderAccount {
  const kind = provider.kind ?? name;
  const entry = catalogueEntry(kind);
  const base = parseBaseUrl(provider.baseUrl ?? entry?.baseUrl ?? null);
  const { timeouts } = provider;
  return {
    name,
    kind,
    dialect: entry?.dialect ? providerDialects[entry.dialect] : null,
    alsoSpeaks: (entry?.alsoSpeaks ?? []).map((dialect) => providerDialects[dialect]),
    ...base,
    credentials: entry && provider.apiKey ? credentialFields(entry, provider.apiKey) : [],
    timeouts: { connectMs: timeouts.connect, firstByteMs: timeouts.firstByte, idleMs: timeouts.idle },
    models: provider.models ?? entry?.models ?? [],
    modelsAreFixed: provider.models !== undefined || entry?.dialect === null,
    unusable: whyUnusable({ name, kind, entry, provider, base }),
  };
}

/** The dialect to speak to a provider for a caller: the caller's own where the provider has it. Null for the sandbox. */
export function dialectTowards(account: ProviderAccount, caller: DialectName): ProviderDialect | null {
  return account.alsoSpeaks.find(({ name }) => name === caller) ?? account.dialect;
}

interface Compiled {
  name: string;
  kind: string;
  entry: CatalogueEntry | undefined;
  provider: Provider;
  base: { origin: string };
}

function whyUnusable({ name, kind, entry, provider, base }: Compiled): Refusal | null {
  if (!entry) {
    const known = nearest(kind, providerCatalogue.map((each) => each.kind), 3);
    return { code: "provider-error", status: 503, detail: `the provider ${name} is of the kind ${kind}, which is not known; near to it are ${known.join(", ")}`, fix: "Set the provider's kind in the configuration." };
  }
  if (entry.dialect === null) return null;
  if (base.origin === "") return { code: "provider-error", status: 503, detail: `the provider ${name} has no baseUrl, and its kind ${kind} has no usual one`, fix: "Set the provider's baseUrl in the configuration." };
  const [variable] = entry.keyVariables;
  if (variable === undefined || provider.apiKey) return null;
  return {
    code: "provider-key-missing",
    detail: `the provider ${name} has no API key; ${entry.keyVariables.join(" or ")} is not set`,
    fix: `Set ${variable} and start Parley again, or enter the key in the console under AI, Providers.`,
  };
}

function parseBaseUrl(baseUrl: string | null): { origin: string; basePath: string; host: string } {
  if (baseUrl === null || !URL.canParse(baseUrl)) return { origin: "", basePath: "", host: "" };
  const url = new URL(baseUrl);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ""), host: url.host };
}

function credentialFields(entry: CatalogueEntry, apiKey: string): string[] {
  switch (entry.credentials) {
    case "bearer":
      return ["Authorization", `Bearer ${apiKey}`];
    case "x-api-key":
      return ["x-api-key", apiKey];
    case "x-goog-api-key":
      return ["x-goog-api-key", apiKey];
    case "none":
      return [];
  }
}
