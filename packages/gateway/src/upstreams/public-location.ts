/**
 * Where an upstream says that something is (Location, Content-Location; RFC 9110 §10.2.2, §8.7), as the gateway's clients can reach
 * it: an address below the target's is one below the service's path. The answer is a path and never names a host, so that nothing
 * which a client says of the host can stand in it.
 */
import type { Target } from "./target.ts";

interface Mapping {
  target: Pick<Target, "origin" | "basePath">;
  /** Of the service, "" for the root; with the version where the call's path names it. */
  front: string;
  /** What the upstream was asked for. */
  askedPath: string;
}

/** As it is where it leads somewhere else, or nobody can say where. */
export function publicLocation(location: string, { target, front, askedPath }: Mapping): string {
  const isAbsolute = /^(?:https?:)?\/\//i.test(location);
  // One that is relative to the request is right as it is: both know the same place by it.
  if (!isAbsolute && !location.startsWith("/")) return location;
  const path = isAbsolute ? pathAt(target.origin, location) : location;
  if (path === null || path.includes("/..")) return location;
  // An upstream that is asked below another path and says this one knows how it is published.
  if (!isAbsolute && front !== "" && isWithin(path, front) && !isWithin(askedPath, front)) return location;
  if (!isWithin(path, target.basePath)) return location;
  const mapped = front + path.slice(target.basePath.length);
  // Two slashes at the beginning would be the name of a host.
  if (mapped.startsWith("//") || mapped.startsWith("/\\")) return location;
  return mapped.startsWith("/") ? mapped : `/${mapped}`;
}

/** What stands behind that origin; null for another one's. */
function pathAt(origin: string, location: string): string | null {
  const parsed = URL.canParse(location, origin) ? new URL(location, origin) : null;
  if (parsed?.origin !== origin || parsed.username !== "" || parsed.password !== "") return null;
  const path = location.replace(/^(?:https?:)?\/\/[^/?#\\]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}

function isWithin(path: string, base: string): boolean {
  if (!path.startsWith(base)) return false;
  const next = path.charAt(base.length);
  return base === "" || next === "" || next === "/" || next === "?" || next === "#";
}
