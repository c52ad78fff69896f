/** Hot path (benchmark: guard). The gateway's own tags, `"<revision>-<digest>"`: the digest is what is compared, the revision says how old a stale one is. */
import { stripCodingSuffix } from "./coding-suffix.ts";

export interface BodyHashTag {
  /** The ledger's count of the resource's changes when the tag was given out. */
  revision: number;
  /** 22 characters of base64url. */
  digest: string;
}

const syntax = /^(0|[1-9]\d{0,14})-([A-Za-z0-9_-]{22})$/;

/** The opaque part, without quotes. */
export function bodyHashTag(tag: BodyHashTag): string {
  return `${tag.revision}-${tag.digest}`;
}

/** Null where the opaque part is no tag of ours. A coding suffix is taken off. */
export function parseBodyHashTag(opaque: string): BodyHashTag | null {
  const match = syntax.exec(opaque) ?? syntax.exec(stripCodingSuffix(opaque));
  return match ? { revision: Number(match[1]), digest: match[2] ?? "" } : null;
}
