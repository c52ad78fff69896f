/** Hot path of services with a cache. Cache-Control as requests and answers carry it (RFC 9111 §5.2): names in any case, values in seconds. */

export interface CacheControl {
  /** By name in lower case; null for one without an argument. */
  readonly directives: ReadonlyMap<string, string | null>;
}

const nothing: CacheControl = { directives: new Map() };
const directive = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;
/** RFC 9111 §1.2.2: what is larger than can be represented counts as this. */
const maxSeconds = 2 ** 31;
/** No service writes so long a field, and each is read on every call: whatever it says, nothing is kept or given. */
const maxLength = 4_096;
const tooLong: CacheControl = { directives: new Map([["no-store", null]]) };

/** Of one that is written twice the first counts, as RFC 9111 §4.2.1 allows; of `private` all that is private in either. */
export function parseCacheControl(value: string | undefined): CacheControl {
  if (value === undefined || value === "") return nothing;
  if (value.length > maxLength) return tooLong;
  const directives = new Map<string, string | null>();
  for (const [, name = "", quoted, plain] of value.matchAll(directive)) {
    const lower = name.toLowerCase();
    const argument = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? null;
    const before = directives.get(lower);
    if (before === undefined) directives.set(lower, argument);
    else if (lower === "private") directives.set(lower, before === null || argument === null ? null : `${before},${argument}`);
  }
  return { directives };
}

export function says({ directives }: CacheControl, name: string): boolean {
  return directives.has(name);
}

/** Null where it is absent; 0 where it is no number of seconds, for what cannot be read is stale (RFC 9111 §4.2.1). */
export function secondsOf({ directives }: CacheControl, name: string): number | null {
  const value = directives.get(name);
  if (value === undefined) return null;
  if (value === null || !/^\d+$/.test(value)) return 0;
  return Math.min(maxSeconds, Number(value));
}
