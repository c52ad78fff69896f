/** Which resources a write may touch beside its own. */
export { resourcePath } from "../../../exchange/resource-path.ts";

/**
 * What is locked when a path is written: the path itself, its parent, or what a pattern such as `/orders/{id}/**` covers. Many
 * services take several slashes for one, and one at the end for none, so that they lock the same, though they may be several resources.
 */
export function compileLockScope(scope: string, servicePath: string): (path: string) => string {
  const lockOf = lockScope(scope, servicePath);
  return (path) => lockOf(withoutSlashAtEnd(withSingleSlashes(path)));
}

export function withoutSlashAtEnd(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

export function withSingleSlashes(path: string): string {
  return path.includes("//") ? path.replaceAll(/\/{2,}/g, "/") : path;
}

function lockScope(scope: string, servicePath: string): (path: string) => string {
  if (scope === "resource") return (path) => path;
  if (scope === "parent") return (path) => path.slice(0, Math.max(1, path.lastIndexOf("/", path.length - 2)));
  const prefix = servicePath === "/" ? "" : servicePath;
  const whole = (scope.startsWith(`${prefix}/`) ? scope : prefix + scope).replace(/\/\*\*$/, "");
  const pattern = new RegExp(`^(${whole.split("/").map(segmentPattern).join("/")})(?:/.*)?$`);
  return (path) => pattern.exec(path)?.[1] ?? path;
}

function segmentPattern(segment: string): string {
  return segment.startsWith("{") && segment.endsWith("}") ? "[^/]+" : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
