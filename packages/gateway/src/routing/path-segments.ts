/**
 * Hot path (benchmarks: http). How a request's path is read for matching. A path that two readers could understand
 * differently is how access rules are walked around, so:
 *  - dot segments are refused, written plainly or encoded, also behind an encoded slash or a backslash. Clients resolve
 *    them before they send (RFC 3986 §5.2.4), so an honest call never has one;
 *  - percent-encoded unreserved characters match their plain form (RFC 3986 §6.2.2.2), and empty segments match nothing.
 * What is forwarded stays as it came, to the byte.
 */

/** True if the path holds a `.` or `..` segment in any spelling that an upstream might resolve. */
export function hasDotSegment(path: string): boolean {
  if (!path.includes("/.") && !path.includes("%") && !path.includes("\\")) return false;
  const resolved = path.replace(/%2e/gi, ".").replace(/%2f|%5c|\\/gi, "/");
  return /\/\.\.?(?:\/|;|$)/.test(resolved);
}

const unreserved = /%(?:2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])/g;

/** Segments in the form in which they are compared. */
export function normalizeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  return segment.replace(unreserved, decodeURIComponent).replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase());
}

/** The path of a request target: origin-form as it is, absolute-form (RFC 9112 §3.2.2) without scheme and authority; null for others. */
export function originForm(target: string): string | null {
  if (target.charCodeAt(0) === 47) return target;
  const match = /^https?:\/\/[^/?#]*(.*)$/i.exec(target);
  if (!match) return null;
  const rest = match[1] as string;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Of a target in absolute form; null for others. */
export function authorityOf(target: string): string | null {
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? null;
}
