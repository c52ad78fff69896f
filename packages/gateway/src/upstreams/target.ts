import type { RequestRewrite } from "./rewrite.ts";

/** One address of an upstream, taken apart when the snapshot is compiled. */
export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The value of Host. */
  readonly host: string;
  /** Path without a slash at its end; empty for the root. */
  readonly basePath: string;
  readonly weight: number;
  /** Its place in the list of its upstream. */
  readonly index: number;
}

export function compileTarget(url: string, weight: number, index: number): Target {
  const parsed = new URL(url);
  return { origin: parsed.origin, host: parsed.host, basePath: parsed.pathname.replace(/\/+$/, ""), weight, index };
}

/** `/api/notes` and `/7?x=1` make `/api/notes/7?x=1`; what came below the service's path stays as it came. */
export function targetPath(target: Target, whole: string, { takenOff, rewrite }: { takenOff: number; rewrite: RequestRewrite | null }): string {
  const below = takenOff === 0 ? whole : whole.slice(takenOff);
  const rest = rewrite === null ? below : rewrite.rest(below);
  if (rest === "" || rest.charCodeAt(0) === 63) return (target.basePath === "" ? "/" : target.basePath) + rest;
  return target.basePath + rest;
}
