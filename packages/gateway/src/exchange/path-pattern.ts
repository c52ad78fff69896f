/** Hot path of services with rewrites. Patterns of paths: literal segments, `{name}` for any one, `**` for all that follows. No regular expressions. */
import { resourcePath } from "./resource-path.ts";

/** What the placeholders stand for; null where the path does not match. */
export type MatchPath = (path: string) => ReadonlyMap<string, string> | null;

const rest = "**";

export function compilePathPattern(pattern: string): MatchPath {
  const wanted = segments(resourcePath(pattern));
  const open = wanted.at(-1) === rest;
  if (open) wanted.pop();
  return (path) => {
    const given = segments(path);
    if (open ? given.length < wanted.length : given.length !== wanted.length) return null;
    const found = new Map<string, string>();
    for (const [index, segment] of wanted.entries()) {
      const value = given[index] as string;
      if (segment.startsWith("{")) found.set(segment, value);
      else if (segment !== value && segment !== resourcePath(value)) return null;
    }
    if (open) found.set(rest, given.slice(wanted.length).join("/"));
    return found;
  };
}

/** Puts what was found into the places of another pattern, or of a URL. */
export function fillIn(template: string, found: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{[A-Za-z]\w*\}|\*\*/g, (placeholder) => found.get(placeholder) ?? placeholder);
}

/** A slash at the end says nothing. */
function segments(path: string): string[] {
  const parts = path.split("/").slice(1);
  if (parts.at(-1) === "") parts.pop();
  return parts;
}
