/**
 * Keys with a name and a hash or a secret and nothing else, which is nearly all of a large file: 100,000 of them are looked at here by
 * hand, in a tenth of the time that the schema takes for them. Whatever is anything more is the schema's.
 */
import type { Config } from "@parley/contract/config/config";
import { keyHashPattern, maxKeysOfConsumer, minSecretLength } from "@parley/contract/config/consumer";
import { entityNamePattern } from "@parley/contract/config/names";

type PlainKey = { name: string; hash: string } | { name: string; secret: string };

/** By consumer. */
type Aside = ReadonlyMap<string, PlainKey[]>;

/** `rest` shares with the data what it does not leave out, and issues in it have the paths that they have in the data. */
export function setPlainKeysAside(data: unknown): { rest: unknown; aside: Aside } {
  const aside = new Map<string, PlainKey[]>();
  const consumers = isMapping(data) ? data["consumers"] : undefined;
  if (!isMapping(data) || !isMapping(consumers)) return { rest: data, aside };
  const others: Record<string, unknown> = { ...consumers };
  for (const [name, consumer] of Object.entries(consumers)) {
    const keys = isMapping(consumer) ? consumer["keys"] : undefined;
    if (!isMapping(consumer) || !Array.isArray(keys) || keys.length > maxKeysOfConsumer || !keys.every(isPlainKey)) continue;
    aside.set(name, keys);
    others[name] = { ...consumer, keys: [] };
  }
  return aside.size === 0 ? { rest: data, aside } : { rest: { ...data, consumers: others }, aside };
}

export function putBack(config: Config, aside: Aside): void {
  for (const [name, keys] of aside) {
    const consumer = config.consumers[name];
    if (consumer) consumer.keys = keys;
  }
}

function isPlainKey(key: unknown): key is PlainKey {
  if (!isMapping(key)) return false;
  for (const member in key) if (member !== "name" && member !== "hash" && member !== "secret") return false;
  const { name, hash, secret } = key;
  if (typeof name !== "string" || !entityNamePattern.test(name)) return false;
  return hash === undefined ? typeof secret === "string" && secret.length >= minSecretLength : secret === undefined && typeof hash === "string" && keyHashPattern.test(hash);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
