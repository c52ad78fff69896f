/** Writes terms of the query language, for links that lead to calls. */
import type { FieldName } from "./fields.ts";

/** `field:value`, quoted where it has to be. */
export function term(field: FieldName, value: string | number): string {
  const text = String(value);
  return `${field}:${/^[\w./@+%~-]+$/.test(text) ? text : quoted(text)}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** A range of time: from inclusive, to exclusive, in Unix milliseconds. */
export function between(from: number, to: number): string {
  return `at:${from}..${to}`;
}

/** All of them have to hold; what is empty asks for nothing. */
export function allOf(...terms: readonly string[]): string {
  return terms.filter((one) => one !== "").join(" ");
}
