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
