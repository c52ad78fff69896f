/** What a strict parser of a header field gives: the value, or what was wrong with it in words for the client. */
export type Parsed<Value> = { ok: true; value: Value } | { ok: false; problem: string };

/** Text from a client as it may be repeated in a problem: short, and free of anything but visible ASCII. */
export function excerpt(text: string): string {
  const visible = text.replaceAll(/[^\x20-\x7e]/g, "?");
  return visible.length > 40 ? `${visible.slice(0, 40)}…` : visible;
}
