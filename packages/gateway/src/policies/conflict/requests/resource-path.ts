/**
 * Which resource a path means. Two spellings of one path (`/%6Eotes/7`) are one resource, or a lease could be walked
 * around; RFC 3986 §6.2.2 says which spellings are equal.
 */
const unreserved = /[A-Za-z0-9._~-]/;

export function resourcePath(path: string): string {
  if (!path.includes("%")) return path;
  return path.replaceAll(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return unreserved.test(character) ? character : escaped.toUpperCase();
  });
}

/** What is locked when a path is written: the path itself, its parent, or what a pattern such as `/orders/{id}/**` covers. */
export function compileLockScope(scope: string, servicePath: string): (path: string) => string {
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
