/**
 * Numbers that a double cannot hold (an id past 2^53, 1e400): read as what was written, compared by their decimal value and written
 * back to the digit, so that a merge neither changes what nobody touched nor takes two numbers for one. To all but this folder they are
 * opaque scalars. Where the runtime does not know JSON.parse with source text, numbers are doubles.
 */
import type { Json } from "./json.ts";

/** As ECMAScript's JSON.parse with source text has it, which the compiler's library does not know yet. */
interface JsonWithSource {
  parse(text: string, reviver: (this: unknown, name: string, value: unknown, context?: { source?: string }) => unknown): unknown;
  rawJSON?: (this: void, text: string) => Json;
  isRawJSON?: (this: void, value: unknown) => boolean;
}
const json = JSON as unknown as JsonWithSource;

/** Fewer digits always come out as they went in, and so do powers of two digits. What looks so inside of a text costs time and nothing else. */
const mayBeLong = /(?:^|[:[,])\s*-?\d(?:[\d.]{15}|[\d.]*[eE][-+]?\d{3})/;

/** Throws where it is no JSON. */
export function parseExactly(text: string): Json {
  const { rawJSON } = json;
  if (rawJSON === undefined || !mayBeLong.test(text)) return JSON.parse(text) as Json;
  return json.parse(text, (_, value, context) => (typeof value === "number" && context?.source !== undefined && !isExact(value, context.source) ? rawJSON(context.source) : value)) as Json;
}

export function isLongNumber(value: unknown): value is { rawJSON: string } {
  return typeof value === "object" && value !== null && json.isRawJSON?.(value) === true;
}

/** 10e399 and 1e400 are one number. */
export function sameLongNumber(left: unknown, right: unknown): boolean {
  return isLongNumber(left) && isLongNumber(right) && decimal(left.rawJSON) === decimal(right.rawJSON);
}

/** Of a text itself, or of a number to its last digit; undefined for all else. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return isLongNumber(value) ? value.rawJSON : undefined;
}

function isExact(value: number, source: string): boolean {
  return Number.isFinite(value) && (String(value) === source || decimal(String(value)) === decimal(source));
}

/** Digits without zeros around them, and a power of ten: one text for each number that has a power of a size to be reckoned with. */
export function decimal(text: string): string {
  const [, sign = "", whole = "", fraction = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (power.length > maxPowerLength) return text;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = withoutZerosAtEnd(digits);
  return kept === "" ? "0" : `${sign}${kept}e${BigInt(power) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`;
}

const maxPowerLength = 20;

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
}
