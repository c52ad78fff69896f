/** Reads one value of a query as its field's kind wants it: a word, a pattern, a comparison or a range. */
import { parseDuration, parseSize } from "../units.ts";
import type { FieldKind, FieldName } from "./fields.ts";
import type { Test } from "./query.ts";
import type { Piece } from "./words.ts";

export interface ValueContext {
  field: FieldName;
  kind: FieldKind;
  now: number;
}

type Failed = { message: string; suggestion?: string };

export function readTest(item: readonly Piece[], context: ValueContext): Test | Failed {
  const text = item.map((piece) => piece.text).join("");
  const plain = item.every((piece) => !piece.quoted);
  if (item.length === 0) return { message: "there is nothing between two commas" };
  if (plain && text === "*") return { kind: "present" };
  if (context.kind === "text") return textTest(item, context);
  if (context.kind === "flag") return flagTest(text);
  return quantityTest(text, context);
}

function textTest(item: readonly Piece[], { field }: ValueContext): Test {
  const pieces = [""];
  for (const piece of item) {
    const parts = piece.quoted ? [piece.text] : piece.text.split("*");
    for (const [index, part] of parts.entries()) {
      if (index > 0) pieces.push("");
      pieces[pieces.length - 1] += field === "method" ? part.toUpperCase() : part;
    }
  }
  return pieces.length === 1 ? { kind: "equals", value: pieces[0] ?? "" } : { kind: "pattern", pieces };
}

function flagTest(text: string): Test | Failed {
  if (/^(?:true|yes)$/i.test(text)) return { kind: "equals", value: true };
  if (/^(?:false|no)$/i.test(text)) return { kind: "equals", value: false };
  return { message: `"${text.slice(0, 40)}" is neither true nor false`, suggestion: "true" };
}

function quantityTest(text: string, context: ValueContext): Test | Failed {
  const [, operator = "", operand = ""] = /^(>=|<=|>|<|=)?(.*)$/s.exec(text) ?? [];
  const dots = operand.indexOf("..");
  if (dots !== -1 && operator === "") return rangeTest(operand.slice(0, dots), operand.slice(dots + 2), context);
  if (operator === "" || operator === "=") return equalTest(operand, context);
  // Over 4xx is over all of it, from 4xx on is from its first.
  const value = endOf(operand, operator === ">=" || operator === "<" ? "least" : "most", context);
  if (value === null) return notA(operand, context);
  const bound = { value, inclusive: operator.endsWith("=") };
  return operator.startsWith(">") ? { kind: "range", least: bound, most: null } : { kind: "range", least: null, most: bound };
}

function equalTest(text: string, context: ValueContext): Test | Failed {
  const statuses = context.kind === "status" ? statusRange(text) : null;
  if (statuses) return statuses;
  const value = quantityOf(text, context);
  if (value === null) return notA(text, context);
  // A day is all of it.
  if (context.kind === "time" && /^\d{4}-\d\d-\d\d$/.test(text)) return { kind: "range", least: { value, inclusive: true }, most: { value: value + 86_400_000, inclusive: false } };
  return { kind: "equals", value };
}

function statusRange(text: string): Test | null {
  if (/^error$/i.test(text)) return { kind: "range", least: { value: 400, inclusive: true }, most: null };
  const hundred = statusClass(text);
  return hundred && { kind: "range", least: { value: hundred.least, inclusive: true }, most: { value: hundred.most, inclusive: true } };
}

function statusClass(text: string): { least: number; most: number } | null {
  const digit = /^([1-5])xx$/i.exec(text)?.[1];
  return digit === undefined ? null : { least: Number(digit) * 100, most: Number(digit) * 100 + 99 };
}

/** Both ends belong to it; either may be left out. For times the end does not, so that ranges meet without overlapping. */
function rangeTest(from: string, to: string, context: ValueContext): Test | Failed {
  const least = from === "" ? null : endOf(from, "least", context);
  const most = to === "" ? null : endOf(to, "most", context);
  if (from !== "" && least === null) return notA(from, context);
  if (to !== "" && most === null) return notA(to, context);
  if (least === null && most === null) return { message: "a range has at least one end" };
  if (least !== null && most !== null && least > most) return { message: "the range ends before it begins", suggestion: `${to}..${from}` };
  const bound = (value: number | null, inclusive: boolean) => (value === null ? null : { value, inclusive });
  return { kind: "range", least: bound(least, true), most: bound(most, context.kind !== "time") };
}

/** A class of statuses stands for its first one or its last one. */
function endOf(text: string, end: "least" | "most", context: ValueContext): number | null {
  const hundred = context.kind === "status" ? statusClass(text) : null;
  return hundred === null ? quantityOf(text, context) : hundred[end];
}

function quantityOf(text: string, { kind, now }: ValueContext): number | null {
  if (kind === "time") return timeOf(text, now);
  if (kind === "duration") return numberOf(text) ?? parseDuration(text);
  if (kind === "size") return numberOf(text) ?? parseSize(text);
  return numberOf(text.replace(/^\$/, ""));
}

function numberOf(text: string): number | null {
  return /^-?\d{1,15}(?:\.\d{1,12})?$/.test(text) ? Number(text) : null;
}

function timeOf(text: string, now: number): number | null {
  if (/^now$/i.test(text)) return now;
  if (/^\d{12,14}(?:\.\d{1,6})?$/.test(text)) return Number(text);
  const ago = text.startsWith("-") ? parseDuration(text.slice(1)) : null;
  if (ago !== null) return now - ago;
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) return null;
  // Without a zone it is UTC, as all times here.
  const moment = Date.parse(text.includes("T") && !/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(moment) ? null : moment;
}

const wanted: Record<Exclude<FieldKind, "text" | "flag">, { what: string; example: string }> = {
  number: { what: "a number", example: "5" },
  duration: { what: "a duration", example: "500ms" },
  size: { what: "a size", example: "16KiB" },
  status: { what: "a status", example: "409" },
  time: { what: "a time", example: "-1h" },
};

function notA(text: string, { field, kind }: ValueContext): Failed {
  const { what, example } = wanted[kind as keyof typeof wanted];
  return { message: `"${text.slice(0, 40)}" is not ${what}; write ${field}:${example}, ${field}:>${example} or a range with two dots`, suggestion: example };
}
