/** Hot path. Which of the media types that a document names a body has; the most exact one counts. */
export function mediaEntry<Value>(content: ReadonlyMap<string, Value>, contentType: string): { value: Value } | null {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  for (const name of [type, `${type.slice(0, type.indexOf("/"))}/*`, "*/*", "*"]) {
    const value = content.get(name);
    if (value !== undefined) return { value };
  }
  return null;
}

/** `application/json`, or any with the suffix `+json` (RFC 6839 §3.1), whatever its parameters. */
export function isJsonType(contentType: string): boolean {
  return /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType);
}
