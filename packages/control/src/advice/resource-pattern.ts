/** A resource's path with what looks like an id as `{id}`, so that the conflicts of one operation come together. */

/** A number, a UUID, or a word with a digit in it that is too long to be a version such as `v2`. */
const identifier = /^(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[^/]*\d)[A-Za-z0-9_-]{8,})$/i;

export function resourcePattern(path: string): string {
  return path
    .split("/")
    .map((segment) => (identifier.test(segment) ? "{id}" : segment))
    .join("/");
}
