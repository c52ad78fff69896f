/** What a write puts out of date (RFC 9111 §4.4), and what besides, as the service says (`cache.invalidates`). */
import type { Cache } from "@parley/contract/config/cache";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { resourceOfShown, type VersionPath } from "../../../exchange/version-path.ts";
import { resourcePath } from "../../../exchange/resource-path.ts";

/** A path on the gateway, with any query, and with `below` all that lies below it. */
export interface Effect {
  path: string;
  below: boolean;
}

export interface Written {
  method: string;
  /** In its one spelling. */
  path: string;
  servicePath: string;
  /** Scheme and authority as the client used them; empty where they cannot be known. */
  origin: string;
  versionPath?: VersionPath | undefined;
}

/** An ancestor a line: nobody's resources lie deeper. */
const maxAncestors = 64;

/** Of longer paths nothing is kept, so that what workers tell each other of a write stays short, whatever a caller writes to. */
export const longestPath = 1_024;

export function effectsOf(written: Written, invalidates: Cache["invalidates"]): Effect[] {
  return effectsOfAny(written, invalidates).filter(({ path }) => path.length <= longestPath);
}

function effectsOfAny({ method, path, servicePath }: Written, invalidates: Cache["invalidates"]): Effect[] {
  switch (invalidates) {
    case "resource":
      return [{ path, below: false }];
    case "service":
      return [{ path: servicePath, below: true }];
    case "related":
      // A POST adds to what it names, and leaves what lies in there as it was.
      return [{ path, below: method !== "POST" }, ...ancestors(path, servicePath).map((ancestor) => ({ path: ancestor, below: false }))];
  }
}

/** Of the write's own origin only, or anybody could put out of date what is others' (§4.4). */
export function effectsOfAnswer(rawHeaders: readonly string[], { path, servicePath, origin, versionPath }: Omit<Written, "method">): Effect[] {
  const own = `${origin === "" ? "http://gateway" : origin}${path}`;
  return ["location", "content-location"].flatMap((name) => {
    const value = fieldValue(rawHeaders, name);
    if (value === undefined || value.length > 2_048 || !URL.canParse(value, own)) return [];
    const { host, pathname } = new URL(value, own);
    const named = resourceOfShown(resourcePath(pathname), { servicePath, versionPath });
    return host === new URL(own).host && named.length <= longestPath && isWithin(named, servicePath) ? [{ path: named, below: false }] : [];
  });
}

function ancestors(path: string, servicePath: string): string[] {
  const found: string[] = [];
  let at = path.endsWith("/") ? path.length - 1 : path.length;
  while (found.length < maxAncestors) {
    at = path.lastIndexOf("/", at - 1);
    if (at <= 0 || !isWithin(path.slice(0, at), servicePath)) break;
    found.push(path.slice(0, at));
  }
  return found;
}

function isWithin(path: string, base: string): boolean {
  return base === "/" || path === base || path.startsWith(`${base}/`);
}
