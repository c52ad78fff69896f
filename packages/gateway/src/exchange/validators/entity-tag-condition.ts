/** Hot path (benchmark: guard). The value of If-Match and If-None-Match (RFC 9110 §13.1.1, §13.1.2): `*` or a list of entity-tags. */
import { type EntityTag, parseEntityTag } from "./entity-tag.ts";
import { excerpt, type Parsed } from "./parsed.ts";

export type EntityTagCondition = { kind: "any" } | { kind: "tags"; tags: readonly EntityTag[] };

/** Other servers count none: a list is as long as the header may be. So many find no room in one of the usual length, and longer ones would be compared for long. */
const maxTags = 4_096;

const any: Parsed<EntityTagCondition> = { ok: true, value: { kind: "any" } };

/**
 * A comma may stand inside a tag, so the list cannot be split at commas. Empty list elements are skipped, as a recipient
 * has to (RFC 9110 §5.6.1.2).
 */
export function parseEntityTagCondition(text: string): Parsed<EntityTagCondition> {
  const trimmed = trimBlanks(text);
  if (trimmed === "*") return any;
  const single = parseEntityTag(trimmed);
  if (single) return { ok: true, value: { kind: "tags", tags: [single] } };
  return parseList(trimmed);
}

function parseList(text: string): Parsed<EntityTagCondition> {
  const tagPattern = /(?:W\/)?"[^"]*"/y;
  const tags: EntityTag[] = [];
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    if (text[at] === ",") {
      at += 1;
      continue;
    }
    tagPattern.lastIndex = at;
    const found = tagPattern.exec(text)?.[0];
    const end = found === undefined ? at : skipBlanks(text, at + found.length);
    if (found === undefined || (end < text.length && text[end] !== ",")) return { ok: false, problem: whatIsWrong(text.slice(at)) };
    const tag = parseEntityTag(found);
    if (!tag) return { ok: false, problem: `${excerpt(found)} has a character that an entity-tag cannot have` };
    if (tags.push(tag) > maxTags) return { ok: false, problem: `there are more than ${maxTags} entity-tags` };
    at = end;
  }
  return tags.length > 0 ? { ok: true, value: { kind: "tags", tags } } : { ok: false, problem: "there is no entity-tag in it" };
}

function whatIsWrong(rest: string): string {
  const text = trimBlanks(rest);
  const shown = excerpt(text);
  if (text.startsWith("*")) return "* stands alone; beside entity-tags it has no meaning";
  if (text.startsWith('w/"')) return `${shown}: the prefix of a weak tag is an upper-case W/`;
  if (/^(?:W\/)?"[^"]*$/.test(text)) return `${shown}: the closing quote is missing`;
  if (/^(?:W\/)?"/.test(text)) return `${shown}: a comma is missing between two entity-tags`;
  return `${shown}: an entity-tag stands in double quotes, such as "${bareWord(text)}"`;
}

function bareWord(text: string): string {
  return /^(?:W\/)?([A-Za-z0-9._:-]{1,40})/.exec(text)?.[1] ?? "abc";
}

/** OWS only: `trim` would take away obs-text such as a no-break space. */
export function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text, end - 1)) end -= 1;
  return text.slice(skipBlanks(text, 0), end);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text, at)) at += 1;
  return at;
}

function isBlank(text: string, at: number): boolean {
  return text[at] === " " || text[at] === "\t";
}
