/** Hot path (benchmark: guard). Entity-tags by RFC 9110 §8.8.3: strict syntax and the two comparisons. */

export interface EntityTag {
  weak: boolean;
  /** What stands between the quotes. */
  opaque: string;
}

/** etagc is %x21 / %x23-7E / obs-text: no space, no quote, no control character. Header text is Latin-1, so obs-text ends at ff. */
const syntax = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** Null where the text is no entity-tag: unquoted, a lower-case `w/`, or a character that a tag cannot have. */
export function parseEntityTag(text: string): EntityTag | null {
  const match = syntax.exec(text);
  return match ? { weak: match[1] !== undefined, opaque: match[2] ?? "" } : null;
}

export function formatEntityTag(tag: EntityTag): string {
  return tag.weak ? `W/"${tag.opaque}"` : `"${tag.opaque}"`;
}

/** RFC 9110 §8.8.3.2: equal and neither of them weak. */
export function strongMatch(left: EntityTag, right: EntityTag): boolean {
  return !left.weak && !right.weak && left.opaque === right.opaque;
}

/** RFC 9110 §8.8.3.2: equal, whether weak or not. */
export function weakMatch(left: EntityTag, right: EntityTag): boolean {
  return left.opaque === right.opaque;
}
