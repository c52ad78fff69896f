// Hot path: once for each attempt at a provider that does not take a member of the caller's body.
/** Members of a JSON object taken out of its bytes, each with a comma, so that what stays is JSON. */
import type { Replacement } from "./top-level-members.ts";

/** With the comma behind it, where there is one. */
export function removal(body: Buffer, { keyStart, valueEnd }: { keyStart: number; valueEnd: number }): Replacement {
  let end = valueEnd;
  while (isSpace(body[end])) end += 1;
  return { start: keyStart, end: body[end] === comma ? end + 1 : valueEnd, text: "" };
}

/** Where the object's last members go, the comma before them goes too. `removed` stands in order. */
export function closeTail(body: Buffer, removed: Replacement[]): Replacement[] {
  let index = removed.length - 1;
  const last = removed[index];
  if (!last || body[last.end - 1] === comma) return removed;
  while (index > 0 && isSpaceOnly(body, removed[index - 1]?.end ?? 0, removed[index]?.start ?? 0)) index -= 1;
  const first = removed[index];
  if (!first) return removed;
  let start = first.start - 1;
  while (isSpace(body[start])) start -= 1;
  return body[start] === comma ? removed.with(index, { ...first, start }) : removed;
}

function isSpaceOnly(body: Buffer, start: number, end: number): boolean {
  for (let position = start; position < end; position++) if (!isSpace(body[position])) return false;
  return true;
}

const comma = 0x2c;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
