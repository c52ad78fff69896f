/** Which requests of a route are batches, and how the resources of their items are called: decided when the snapshot is compiled. */
import type { Batch } from "@parley/contract/config/batches";
import { type Json, resolvePointer, scalarText } from "@parley/merge";
import { resourcePath, withSingleSlashes } from "../requests/resource-path.ts";

export interface BatchPlan {
  settings: Batch;
  /** The path on the gateway that an item is about, in its one spelling; null where it names none below the service. */
  pathOf(item: Json): string | null;
  /** The same for the target of a request in a part. */
  addressOf(target: string): ItemAddress | null;
}

export interface ItemAddress {
  path: string;
  /** With its question mark; "" for none. */
  query: string;
}

/** By method and path on the gateway. Null where the route has no batches, so that it costs nothing. */
export function compileBatches(batches: readonly Batch[], servicePath: string): ReadonlyMap<string, BatchPlan> | null {
  if (batches.length === 0) return null;
  const prefix = servicePath === "/" ? "" : servicePath;
  return new Map(batches.map((settings) => [batchKey(settings.method, prefix + settings.path), { settings, pathOf: compileResource(settings.item.resource ?? "", prefix), addressOf: compileAddress(settings, prefix) }]));
}

/** `%24batch` is `$batch` to every upstream, and `//$batch` to many, so they are here. */
export function batchKey(method: string, path: string): string {
  const plain = withSingleSlashes(path.includes("%") ? decoded(path) : path);
  return `${method} ${plain.length > 1 && plain.endsWith("/") ? plain.slice(0, -1) : plain}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function compileResource(template: string, prefix: string): BatchPlan["pathOf"] {
  const whole = /^\{([^{}]*)\}$/.exec(template)?.[1];
  const build = whole === undefined ? (item: Json) => filled(template, item) : (item: Json) => reference(resolvePointer(item, whole));
  return (item) => {
    const path = build(item);
    return path === null ? null : belowService(path, prefix);
  };
}

function filled(template: string, item: Json): string | null {
  let complete = true;
  const path = template.replaceAll(/\{([^{}]*)\}/g, (_, pointer: string) => {
    const text = scalarText(resolvePointer(item, pointer)) ?? "";
    // A segment that means another directory would name another resource than the upstream writes.
    if (text === "" || text === "." || text === "..") complete = false;
    return encodeURIComponent(text);
  });
  return complete && path.length <= maxLength ? path : null;
}

/** A whole address, a path on the gateway, or one below the service. */
function reference(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" && value.length <= maxLength ? value : null;
}

const maxLength = 2_000;
/** Only to have a base that nothing else is on. */
const nowhere = "http://service.invalid";

/** Relative to the batch's own address, as OData has it; or a path on the gateway, or one of the upstream's, whose beginning `root` names. */
function compileAddress({ path, root }: Batch, prefix: string): BatchPlan["addressOf"] {
  const base = `${nowhere}${prefix}${path.slice(0, path.lastIndexOf("/") + 1)}`;
  const begins = root === undefined || root === "/" ? null : `${root.replace(/\/$/, "")}/`;
  return (target) => {
    if (target.length > maxLength || target.includes("\\") || target.includes("#") || !URL.canParse(target, base)) return null;
    const { pathname, search } = new URL(target, base);
    const isAbsolute = target.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(target);
    const whole = isAbsolute && begins !== null && pathname.startsWith(begins) ? `${prefix}/${pathname.slice(begins.length)}` : pathname.startsWith(`${prefix}/`) ? pathname : isAbsolute && root === undefined ? prefix + pathname : null;
    return whole === null || whole === `${prefix}/` ? null : { path: resourcePath(whole), query: search };
  };
}

/** `..` ends at the service's own path and never above it. */
function belowService(path: string, prefix: string): string | null {
  if (!URL.canParse(path, `${nowhere}/`)) return null;
  const { pathname } = new URL(path, `${nowhere}/`);
  const whole = prefix !== "" && pathname.startsWith(`${prefix}/`) ? pathname : prefix + pathname;
  return whole === `${prefix}/` || whole === "/" ? null : resourcePath(whole);
}
