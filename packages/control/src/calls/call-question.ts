/** What a request asks of the call log, from its parameters: a query that cannot be read is refused with every error's place. */
import type { CallRecord } from "@parley/contract/call-record";
import { callRecord } from "@parley/contract/api/calls";
import { fieldNames, fieldOf, type FieldName } from "@parley/contract/query/fields";
import { nearestOf } from "@parley/contract/query/nearest";
import { parseQuery } from "@parley/contract/query/parse";
import { everything, type Query } from "@parley/contract/query/query";
import { allOf, term } from "@parley/contract/query/write";
import type { CallRange } from "@parley/stores/ports/call-log";
import { refuse } from "../refusal.ts";

export function readQuery(text: string | undefined, now: number): Query {
  if (text === undefined || text.trim() === "") return everything;
  const parsed = parseQuery(text, now);
  if (parsed.ok) return parsed.query;
  const [first] = parsed.errors;
  refuse("invalid-query", `at character ${(first?.from ?? 0) + 1}: ${first?.message ?? ""}`, { extensions: { errors: parsed.errors.map((error) => ({ parameter: "query", ...error })) } });
}

export interface RangeAsked {
  query?: string | undefined;
  service?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

/** The query as text too, with the service that was asked for besides it, for links that narrow it. */
export function readRange({ query, service, from, to }: RangeAsked, now: number): { range: CallRange; text: string } {
  const text = allOf(service === undefined ? "" : term("service", service), query?.trim() ?? "");
  return { range: { where: readQuery(text, now), from, to }, text };
}

/** Null for all. */
export function readColumns(text: string | undefined): (keyof CallRecord)[] | null {
  if (text === undefined || text.trim() === "") return null;
  const members = Object.keys(callRecord.shape);
  return text.split(",").map((word) => {
    const name = word.trim();
    if (members.includes(name)) return name as keyof CallRecord;
    return refuse("invalid-parameter", `a call has no member ${name.slice(0, 60)}${suggestion(name, members)}`);
  });
}

export function readFields(text: string, most: number): FieldName[] {
  const names = text.split(",").map((word) => fieldOf(word.trim()) ?? refuse("invalid-parameter", `there is no field ${word.trim().slice(0, 60)}${suggestion(word.trim(), fieldNames)}`));
  const once = [...new Set(names)];
  return once.length <= most ? once : refuse("invalid-parameter", `at most ${most} fields can be asked for at once`);
}

function suggestion(written: string, known: readonly string[]): string {
  const nearest = nearestOf(written, known);
  return nearest === null ? "" : `; did you mean ${nearest}?`;
}
