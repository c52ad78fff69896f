/**
 * Hot path (benchmark: guard). What content codings leave on a tag. A server or proxy that compresses has to change the tag, since
 * the bytes differ (RFC 9110 §8.8.3.3), and most do it by a suffix; a write means the resource, not its coding, so the
 * suffix is taken off before comparing. Not for If-Range: a range of compressed bytes does not continue a plain body.
 */
const suffix = /(?:--?|;|:)(?:gzip|gz|br|zstd|deflate|df|compress|enc|dcb|dcz)$/;
/** Two proxies in a row may each have added one. */
const maxSuffixes = 3;

/** The opaque part without its coding suffixes; the same text where there is none. A suffix is never the whole tag. */
export function stripCodingSuffix(opaque: string): string {
  let rest = opaque;
  for (let count = 0; count < maxSuffixes; count += 1) {
    const found = suffix.exec(rest);
    if (!found || found.index === 0) break;
    rest = rest.slice(0, found.index);
  }
  return rest;
}

/** The opaque part for another content coding of the same representation; `identity` has no suffix. */
export function codedTag(opaque: string, coding: string): string {
  return coding === "" || coding === "identity" ? opaque : `${opaque}-${coding}`;
}
