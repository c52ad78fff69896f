/** Which version comes after another at a moment: the first of its successors that callers get. A draft is nobody's way forward, nor is one that is gone itself. */
import type { Versions } from "@parley/contract/config/versions";

export type WayForward = (unixMs: number) => string | null;

export function compileWayForward(name: string, list: Versions["list"]): WayForward {
  const after = successorsOf(name, list).map((successor) => ({ successor, sunsetMs: Date.parse(list[successor]?.sunset ?? "") }));
  // NaN, of one without an end, is before no moment.
  return (unixMs) => after.find(({ sunsetMs }) => !(sunsetMs <= unixMs))?.successor ?? null;
}

/** In their order; a circle, which the configuration's checks refuse, ends where it closes. */
function successorsOf(name: string, list: Versions["list"]): string[] {
  const trail = new Set([name]);
  for (let next = list[name]?.successor; next !== undefined && Object.hasOwn(list, next) && !trail.has(next); next = list[next]?.successor) trail.add(next);
  return [...trail].slice(1).filter((each) => list[each]?.status !== "draft" && list[each]?.status !== "retired");
}
