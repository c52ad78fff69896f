// Hot path: every passed-through request, answer and (with a renamed model) stream chunk is scanned here.
/**
 * Finds members of a JSON object in its bytes, without parsing it, so that one value can be read or replaced and all else
 * stays as it came. Takes for granted that the text is JSON; for anything else it finds nothing or stops at the end, and
 * never reads past it. Strings are skipped natively, so that an image in the text costs next to nothing.
 */
import { tryParseJson } from "../conversation/json.ts";
import type { JsonValue } from "../conversation/json.ts";
import type { WholeBody } from "../../upstreams/body-pieces.ts";

export interface MemberRange {
  /** From the key's opening quote. */
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface TopLevel {
  /** The last of each name, as a parser takes it; absent where there is none. */
  readonly members: Readonly<Record<string, MemberRange>>;
  /** The closing brace. */
  readonly end: number;
  readonly isEmpty: boolean;
  /** One of the names is there twice: programs differ in which of the values they believe. */
  readonly isAmbiguous: boolean;
}

const quote = 0x22;
const backslash = 0x5c;

/** Null where the bytes are no complete object. `start` is where the object may begin. */
export function topLevelMembers(bytes: Buffer, names: readonly string[], start = 0): TopLevel | null {
  let position = skipSpace(bytes, start);
  if (bytes[position] !== 0x7b) return null;
  const members: Record<string, MemberRange> = {};
  let isAmbiguous = false;
  position = skipSpace(bytes, position + 1);
  if (bytes[position] === 0x7d) return { members, end: position, isEmpty: true, isAmbiguous: false };
  while (bytes[position] === quote) {
    const keyStart = position;
    const keyEnd = skipString(bytes, keyStart);
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== 0x3a) return null;
    const valueStart = skipSpace(bytes, colon + 1);
    const valueEnd = skipValue(bytes, valueStart);
    const name = nameAmong(bytes, { start: keyStart + 1, end: keyEnd - 1 }, names);
    if (name !== undefined) {
      isAmbiguous ||= members[name] !== undefined;
      members[name] = { keyStart, valueStart, valueEnd };
    }
    position = skipSpace(bytes, valueEnd);
    if (bytes[position] === 0x7d) return { members, end: position, isEmpty: false, isAmbiguous };
    if (bytes[position] !== 0x2c) return null;
    position = skipSpace(bytes, position + 1);
  }
  return null;
}

export function memberText(bytes: Buffer, range: MemberRange): string {
  return bytes.toString("utf8", range.valueStart, range.valueEnd);
}

/** Undefined where it is not JSON. A plain string, `true`, `false` and `null`, which most are that anybody asks for, need no parser. */
export function memberValue(bytes: Buffer, range: MemberRange): JsonValue | undefined {
  if (isMember(bytes, range, "true")) return true;
  if (isMember(bytes, range, "false")) return false;
  if (isMember(bytes, range, "null")) return null;
  if (bytes[range.valueStart] !== quote) return tryParseJson(memberText(bytes, range));
  for (let position = range.valueStart + 1; position < range.valueEnd - 1; position++) {
    const byte = bytes[position] as number;
    if (byte < 0x20 || byte > 0x7e || byte === backslash) return tryParseJson(memberText(bytes, range));
  }
  return bytes.toString("latin1", range.valueStart + 1, range.valueEnd - 1);
}

function isMember(bytes: Buffer, { valueStart, valueEnd }: MemberRange, text: string): boolean {
  return valueEnd - valueStart === text.length && isThere(bytes, valueStart, text);
}

export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The bytes with the replacements made; these stand in order and do not overlap. */
export function splice(bytes: Buffer, replacements: readonly Replacement[]): Buffer {
  let mostBytes = bytes.length;
  for (const { text } of replacements) mostBytes += 3 * text.length;
  const spliced = Buffer.allocUnsafe(mostBytes);
  let length = 0;
  let position = 0;
  for (const { start, end, text } of replacements) {
    length += bytes.copy(spliced, length, position, start);
    length += spliced.write(text, length);
    position = end;
  }
  length += bytes.copy(spliced, length, position);
  return spliced.subarray(0, length);
}

/** Smaller ones are copied for less than it costs to send them in pieces. */
const sentInPiecesBytes = 256 * 1024;

/** The same for a request on its way: a large one stays where it is, and is sent in pieces. */
export function spliceToSend(bytes: Buffer, replacements: readonly Replacement[]): WholeBody {
  if (bytes.length < sentInPiecesBytes) return replacements.length === 0 ? bytes : splice(bytes, replacements);
  return replacements.length === 0 ? [bytes] : pieced(bytes, replacements);
}

function pieced(bytes: Buffer, replacements: readonly Replacement[]): Buffer[] {
  const pieces: Buffer[] = [];
  let position = 0;
  for (const { start, end, text } of replacements) {
    pieces.push(bytes.subarray(position, start), Buffer.from(text));
    position = end;
  }
  pieces.push(bytes.subarray(position));
  return pieces;
}

function skipSpace(bytes: Buffer, start: number): number {
  let position = start;
  while (position < bytes.length) {
    const byte = bytes[position];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    position += 1;
  }
  return position;
}

/** From an opening quote to behind the closing one. */
export function skipString(bytes: Buffer, start: number): number {
  let position = start + 1;
  const near = Math.min(bytes.length, position + 48);
  for (; position < near; position++) {
    const byte = bytes[position];
    if (byte === quote) return position + 1;
    if (byte === backslash) position += 1;
  }
  return skipLongString(bytes, position);
}

/** `start` is inside of the string and not behind a backslash. */
function skipLongString(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(quote, start);
  while (end !== -1) {
    let escapes = 0;
    while (end - escapes > start && bytes[end - escapes - 1] === backslash) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
    end = bytes.indexOf(quote, end + 1);
  }
  return bytes.length;
}

function skipValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === quote) return skipString(bytes, start);
  if (first === 0x7b || first === 0x5b) return skipNested(bytes, start);
  let position = start;
  while (position < bytes.length) {
    const byte = bytes[position];
    if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) break;
    position += 1;
  }
  return position;
}

function skipNested(bytes: Buffer, start: number): number {
  const { length } = bytes;
  let depth = 0;
  let position = start;
  while (position < length) {
    const byte = bytes[position];
    if (byte === quote) {
      position = skipString(bytes, position);
      continue;
    }
    position += 1;
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return position;
  }
  return position;
}

/** A key that is written with escapes is read as a parser reads it. */
export function nameAmong(bytes: Buffer, key: { start: number; end: number }, names: readonly string[]): string | undefined {
  const length = key.end - key.start;
  for (const name of names) if (name.length === length && isThere(bytes, key.start, name)) return name;
  if (!hasEscape(bytes, key)) return undefined;
  try {
    const text: unknown = JSON.parse(`"${bytes.toString("utf8", key.start, key.end)}"`);
    return names.find((name) => name === text);
  } catch {
    return undefined;
  }
}

/** Names are ASCII and short: comparing takes less than making a string. */
export function isThere(bytes: Buffer, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name.charCodeAt(index)) return false;
  return true;
}

function hasEscape(bytes: Buffer, { start, end }: { start: number; end: number }): boolean {
  for (let position = start; position < end; position++) if (bytes[position] === backslash) return true;
  return false;
}
