/**
 * Entries that are like another one: of ten thousand services most differ from others in their path and their targets alone,
 * and of consumers in their keys. The schema looks at one of each kind in full, and at what is the others' own. They share
 * what they have in common, so that nobody may change it in place.
 */
import type { Config } from "@parley/contract/config/config";
import type { Consumer } from "@parley/contract/config/consumer";
import { entityNamePattern } from "@parley/contract/config/names";
import { service as serviceSchema, type Service } from "@parley/contract/config/service";
import { upstream as upstreamSchema, type Upstream } from "@parley/contract/config/upstream";
import { entriesIn } from "../incremental/known-entries.ts";

/** What is checked each by itself: nothing in it depends on the path or the targets, and nobody resolves paths in it. */
const independent = new Set(["path", "upstream", "access", "limits", "addresses", "cors", "compression", "redirects", "rewrite", "conflict", "cache", "validateAnswers"]);

interface LikeService {
  model: string;
  path: string;
  targets: Upstream["targets"];
}

export interface LikeEntries {
  services: ReadonlyMap<string, LikeService>;
  /** Each with the one that it is like. */
  consumers: ReadonlyMap<string, string>;
}

/** `rest` shares with the data what it does not leave out. Consumers' keys are set aside already. */
export function setLikeEntriesAside(data: unknown): { rest: unknown; aside: LikeEntries } {
  const services = entriesIn(data, "services");
  const consumers = entriesIn(data, "consumers");
  const aside = { services: likeServices(services ?? {}), consumers: likeConsumers(consumers ?? {}) };
  if (aside.services.size + aside.consumers.size === 0) return { rest: data, aside };
  const rest = { ...(data as object), ...(services && { services: without(services, aside.services) }), ...(consumers && { consumers: without(consumers, aside.consumers) }) };
  return { rest, aside };
}

/** In the order of the data. */
export function putLikeEntriesBack(config: Config, data: unknown, { services, consumers }: LikeEntries): void {
  if (services.size > 0) config.services = inOrder(entriesIn(data, "services"), (name) => serviceOf(config.services, name, services.get(name)));
  if (consumers.size > 0) config.consumers = inOrder(entriesIn(data, "consumers"), (name) => consumerOf(config.consumers, name, consumers.get(name)));
}

function likeServices(entries: Record<string, unknown>): LikeEntries["services"] {
  const models = new Map<string, string>();
  const like = new Map<string, LikeService>();
  const targets = new LikeTargets();
  for (const name in entries) {
    const text = entityNamePattern.test(name) ? commonText(entries[name]) : null;
    const model = text === null ? undefined : models.get(text);
    if (model !== undefined) {
      const own = ownOf(entries[name] as ServiceParts, targets);
      if (own !== null) like.set(name, { model, ...own });
    } else if (text !== null) models.set(text, name);
  }
  return like;
}

function likeConsumers(entries: Record<string, unknown>): LikeEntries["consumers"] {
  const models = new Map<string, string>();
  const like = new Map<string, string>();
  for (const name in entries) {
    const consumer = entries[name] as Partial<Consumer & { keys: unknown }> | null;
    if (!isMapping(consumer) || !Array.isArray(consumer.keys) || consumer.keys.length > 0 || !entityNamePattern.test(name)) continue;
    const text = JSON.stringify(consumer);
    const model = models.get(text);
    if (model === undefined) models.set(text, name);
    else like.set(name, model);
  }
  return like;
}

interface ServiceParts {
  path: unknown;
  upstream: { targets: unknown };
}

/** Of all that is not the service's own; null where it cannot be like another one. */
function commonText(service: unknown): string | null {
  if (!isMapping(service) || !isMapping(service["upstream"])) return null;
  for (const member in service) if (!independent.has(member)) return null;
  const { path: _path, upstream, ...others } = service;
  const { targets: _targets, ...settings } = upstream as Record<string, unknown>;
  // Files in it are looked for in the folder of the configuration.
  return "tls" in settings ? null : JSON.stringify([settings, others]);
}

/** Null where the schema has to say what is wrong. */
function ownOf({ path, upstream }: ServiceParts, known: LikeTargets): Pick<LikeService, "path" | "targets"> | null {
  const ownPath = isPlainPath(path) ? path : serviceSchema.shape.path.safeParse(path).data;
  const targets = known.targetsOf(upstream.targets);
  return ownPath === undefined || targets === undefined ? null : { path: ownPath, targets };
}

/** One in which there is nothing that the schema would look at more closely. */
function isPlainPath(path: unknown): path is string {
  return typeof path === "string" && /^(?:\/[A-Za-z0-9_~-]+)+$/.test(path);
}

/** Of services with one target most have it at one of a few addresses: what is good there is good with any plain path behind it. */
class LikeTargets {
  /** The target by scheme, host and port; null where the schema refuses it. */
  readonly #known = new Map<string, Upstream["targets"][number] | null>();

  /** Undefined where something is wrong. */
  targetsOf(targets: unknown): Upstream["targets"] | undefined {
    const url = urlAlone(targets);
    const slash = url === null ? -1 : url.indexOf("/", url.indexOf("://") + 3);
    if (url !== null && (slash === -1 || isPlainPath(url.slice(slash)))) {
      const target = this.#at(slash === -1 ? url : url.slice(0, slash));
      if (target !== null) return [{ ...target, url }];
    }
    return upstreamSchema.shape.targets.safeParse(targets).data;
  }

  #at(origin: string): Upstream["targets"][number] | null {
    let target = this.#known.get(origin);
    if (target === undefined) this.#known.set(origin, (target = upstreamSchema.shape.targets.safeParse([{ url: origin }]).data?.[0] ?? null));
    return target;
  }
}

/** Of the only target, with nothing but a URL; null where it is not like that. */
function urlAlone(targets: unknown): string | null {
  const target: unknown = Array.isArray(targets) && targets.length === 1 ? targets[0] : null;
  if (!isMapping(target) || typeof target["url"] !== "string") return null;
  for (const member in target) if (member !== "url") return null;
  return target["url"];
}

function serviceOf(checked: Config["services"], name: string, like: LikeService | undefined): Service {
  if (like === undefined) return checked[name] as Service;
  const model = checked[like.model] as Service;
  return { ...model, path: like.path, upstream: { ...(model.upstream as Upstream), targets: like.targets } };
}

function consumerOf(checked: Config["consumers"], name: string, model: string | undefined): Config["consumers"][string] {
  return model === undefined ? (checked[name] as Config["consumers"][string]) : { ...(checked[model] as Config["consumers"][string]) };
}

function without(entries: Record<string, unknown>, aside: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const name in entries) if (!aside.has(name)) rest[name] = entries[name];
  return rest;
}

function inOrder<Entry>(entries: Record<string, unknown> | null, entryOf: (name: string) => Entry): Record<string, Entry> {
  const whole: Record<string, Entry> = {};
  for (const name in entries) whole[name] = entryOf(name);
  return whole;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
