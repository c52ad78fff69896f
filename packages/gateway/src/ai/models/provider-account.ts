/**
 * A configured provider, compiled: where it is, what it speaks, which credentials it wants. Whatever makes it unusable is
 * found here, once, and is a refusal that says what to do.
 */
import { catalogueEntry, providerCatalogue, settingOf, usualBaseUrl } from "@parley/contract/ai/provider-catalogue";
import type { Capability, CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import type { Provider } from "@parley/contract/config/ai";
import type { Refusal } from "@parley/contract/problems/problem";
import type { DialectName } from "../conversation/content.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { providerDialects } from "../dialects/provider-dialects.ts";
import { vertexGeminiProvider } from "../dialects/gemini/vertex.ts";
import { KeyRing } from "../keys/key-ring.ts";
import { compileKeys } from "../keys/provider-key.ts";
import type { ProviderKey } from "../keys/provider-key.ts";
import { nearest } from "./nearest.ts";
import { compileQuirks } from "./quirks.ts";
import type { CompiledQuirks } from "./quirks.ts";
import { compileSurface } from "./surface.ts";
import type { Surface } from "./surface.ts";

export interface ProviderAccount {
  readonly name: string;
  readonly kind: string;
  /** Null for the sandbox, which is answered inside the gateway. */
  readonly dialect: ProviderDialect | null;
  /** Others that it speaks, each for callers who speak it too. */
  readonly alsoSpeaks: readonly ProviderDialect[];
  /** Where the model decides what is spoken. */
  readonly dialectOf: ((model: string) => ProviderDialect) | null;
  /** Scheme, host and port; empty for the sandbox. */
  readonly origin: string;
  /** What comes before the dialect's paths; without a slash at its end. */
  readonly basePath: string;
  readonly host: string;
  /** How its paths and bodies differ from the dialect's. */
  readonly surface: Surface | null;
  /** What it does not take of the dialect. */
  readonly quirks: CompiledQuirks | null;
  readonly keys: KeyRing;
  readonly timeouts: { readonly connectMs: number; readonly firstByteMs: number; readonly idleMs: number };
  /** What its API has; null where that is not known. */
  readonly supports: ReadonlySet<Capability> | null;
  /** Models that it is known to have, without asking. */
  readonly models: readonly string[];
  /** Its own names of models that applications call otherwise. */
  readonly modelNames: Readonly<Record<string, string>>;
  /** The configuration names its models, or nobody can be asked, so that there are no others. */
  readonly modelsAreFixed: boolean;
  /** Why it cannot be called; null if it can. */
  readonly unusable: Refusal | null;
}

type Warn = (message: string, details: Record<string, unknown>) => void;

export function compileProvider(name: string, provider: Provider, warn: Warn = () => undefined): ProviderAccount {
  const kind = provider.kind ?? name;
  const entry = catalogueEntry(kind);
  const base = parseBaseUrl(provider.baseUrl ?? (entry ? usualBaseUrl(entry, provider) : null));
  const { timeouts } = provider;
  const keys = entry ? compileKeys(entry, provider) : [];
  const dialect = entry?.dialect ? providerDialects[entry.dialect] : null;
  return {
    name,
    kind,
    dialect: entry?.surface === "vertex" ? vertexGeminiProvider : dialect,
    alsoSpeaks: (entry?.alsoSpeaks ?? []).map((other) => providerDialects[other]),
    dialectOf: entry?.surface === "vertex" ? vertexDialect : null,
    ...base,
    surface: entry ? compileSurface(entry, provider, base.basePath) : null,
    quirks: entry ? compileQuirks(entry.title, entry.quirks) : null,
    keys: new KeyRing(keys, (key, status) => warnOfRefusal(warn, { name, key, status })),
    timeouts: { connectMs: timeouts.connect, firstByteMs: timeouts.firstByte, idleMs: timeouts.idle },
    supports: entry?.supports ? new Set(entry.supports) : null,
    models: provider.models ?? [...(entry?.models ?? []), ...Object.keys(entry?.modelNames ?? {})],
    modelNames: ownNames(entry, provider),
    modelsAreFixed: provider.models !== undefined || entry?.dialect === null || entry?.surface !== undefined,
    unusable: whyUnusable({ name, kind, entry, provider, base, keys }),
  };
}

/** The dialect to speak to a provider for a caller: the caller's own where the provider has it. Null for the sandbox. */
export function dialectTowards(account: ProviderAccount, caller: DialectName, model = ""): ProviderDialect | null {
  if (account.dialectOf && model !== "") return account.dialectOf(model);
  return account.alsoSpeaks.find(({ name }) => name === caller) ?? account.dialect;
}

/** Vertex AI has Anthropic's models behind Anthropic's API, and those of other makers, which have a slash, behind OpenAI's. */
function vertexDialect(model: string): ProviderDialect {
  if (model.startsWith("claude")) return providerDialects["anthropic-messages"];
  return /^(?!publishers\/|models\/|google\/|projects\/)[\w.-]+\/[\w.-]+$/.test(model) ? providerDialects["openai-chat"] : vertexGeminiProvider;
}

function warnOfRefusal(warn: Warn, { name, key, status }: { name: string; key: ProviderKey; status: number }): void {
  warn(`the provider ${name} refused the key ${key.name} with status ${status}: it is taken out for ten minutes; replace it`, { provider: name, key: key.name, status });
}

/** Bedrock's cross-region profiles begin with the part of the world that the region is in. */
function ownNames(entry: CatalogueEntry | undefined, provider: Provider): Readonly<Record<string, string>> {
  if (!entry?.modelNames) return {};
  const region = settingOf(entry, "region", provider) ?? "";
  const geography = /^(us|eu|jp|au)-/.exec(region)?.[1] ?? (region.startsWith("ap-") ? "apac" : "us");
  return Object.fromEntries(Object.entries(entry.modelNames).map(([name, own]) => [name, own.replace("{geography}", geography)]));
}

interface Compiled {
  name: string;
  kind: string;
  entry: CatalogueEntry | undefined;
  provider: Provider;
  base: { origin: string };
  keys: readonly ProviderKey[];
}

function whyUnusable({ name, kind, entry, provider, base, keys }: Compiled): Refusal | null {
  if (!entry) {
    const known = nearest(kind, providerCatalogue.map((each) => each.kind), 3);
    return { code: "provider-error", status: 503, detail: `the provider ${name} is of the kind ${kind}, which is not known; near to it are ${known.join(", ")}`, fix: "Set the provider's kind in the configuration." };
  }
  if (entry.dialect === null) return null;
  if (base.origin === "") return { code: "provider-error", status: 503, ...whyNowhere({ name, kind, entry, provider }) };
  const needsKey = entry.keyVariables.length > 0 && (!entry.keyIsOptional || entry.settings !== undefined);
  return needsKey && keys.length === 0 ? missingKey(name, entry) : null;
}

function whyNowhere({ name, kind, entry, provider }: { name: string; kind: string; entry: CatalogueEntry; provider: Provider }): { detail: string; fix: string } {
  const missing = entry.baseUrl === null ? undefined : entry.settings?.find((setting) => setting.required && settingOf(entry, setting.name, provider) === undefined);
  if (missing) return { detail: `the provider ${name} has no ${missing.name}, which is a part of its address`, fix: `Set the provider's ${missing.name} in the configuration, or ${missing.variables.join(" or ")}.` };
  return { detail: `the provider ${name} has no baseUrl, and its kind ${kind} has no usual one`, fix: "Set the provider's baseUrl in the configuration." };
}

function missingKey(name: string, entry: CatalogueEntry): Refusal {
  const others = (entry.settings ?? []).filter(({ name: setting }) => ["accessKeyId", "serviceAccount", "accessToken"].includes(setting)).flatMap(({ variables }) => variables.slice(0, 1));
  return {
    code: "provider-key-missing",
    detail: `the provider ${name} has no API key; ${[...entry.keyVariables, ...others].join(" or ")} is not set`,
    fix: `Set ${entry.keyVariables[0]} and start Parley again, or enter the key in the console under AI, Providers.`,
  };
}

function parseBaseUrl(baseUrl: string | null): { origin: string; basePath: string; host: string } {
  if (baseUrl === null || !URL.canParse(baseUrl)) return { origin: "", basePath: "", host: "" };
  const url = new URL(baseUrl);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ""), host: url.host };
}
