/** Whether a call record is what a query asks for: the same answer as the call log's. Compiled once, for streams of records. */
import type { CallRecord } from "../call-record.ts";
import { fieldEntry } from "./fields.ts";
import type { Clause, Query, Test, Value } from "./query.ts";

export type Matcher = (record: CallRecord) => boolean;

/** The members in which free text is looked for. */
const searchedMembers = ["path", "service", "consumer", "error", "errorDetail", "userAgent", "host", "model", "modelRequested", "id", "traceId", "clientAddress"] as const satisfies readonly (keyof CallRecord)[];

export function matcherOf(query: Query): Matcher {
  const matchers = query.clauses.map(clauseMatcher);
  return (record) => matchers.every((matches) => matches(record));
}

function clauseMatcher(clause: Clause): Matcher {
  const holds = clause.kind === "text" ? textMatcher(clause.text.toLowerCase()) : fieldMatcher(clause);
  return clause.negated ? (record) => !holds(record) : holds;
}

/** Identifiers of calls and traces are hexadecimal: other text is in none of them, and they are most of what there is to read. */
function mayBeInIdentifier(text: string): boolean {
  return /^[0-9a-f-]+$/.test(text);
}

/** What a free text is looked for in; in lower case. */
export function membersToSearch(text: string): readonly (typeof searchedMembers)[number][] {
  return mayBeInIdentifier(text) ? searchedMembers : searchedMembers.filter((member) => member !== "id" && member !== "traceId");
}

function textMatcher(text: string): Matcher {
  const members = membersToSearch(text);
  return (record) => members.some((member) => String(record[member] ?? "").toLowerCase().includes(text));
}

function fieldMatcher(clause: Extract<Clause, { kind: "field" }>): Matcher {
  const { member, also } = fieldEntry(clause.field);
  const tests = clause.tests.map(testOf);
  const one = (value: unknown): boolean => value !== undefined && tests.some((test) => test(value as Value));
  return also === undefined ? (record) => one(record[member]) : (record) => one(record[member]) || one(record[also]);
}

export function testOf(test: Test): (value: Value) => boolean {
  switch (test.kind) {
    case "present": return () => true;
    case "equals": return (value) => value === test.value;
    case "pattern": return (value) => fits(String(value), test.pieces);
    case "range": {
      const { least, most } = test;
      return (value) =>
        (least === null || (least.inclusive ? (value as number) >= least.value : (value as number) > least.value)) &&
        (most === null || (most.inclusive ? (value as number) <= most.value : (value as number) < most.value));
    }
  }
}

/** No regular expression: with many stars one could be made to take for ever. */
function fits(text: string, pieces: readonly string[]): boolean {
  const [first = "", last = ""] = [pieces[0], pieces.at(-1)];
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
