/** A query in DuckDB's SQL. Every value travels as a parameter; names of columns come from the table of fields alone. */
import { fieldEntry } from "@parley/contract/query/fields";
import { membersToSearch } from "@parley/contract/query/matches";
import type { Clause, Query, Test } from "@parley/contract/query/query";
import type { CallFilter } from "@parley/contract/api/calls";
import type { CallRange } from "../../ports/call-log.ts";

export type SqlValue = string | number | boolean;

/** Conditions that all have to hold, and the values that they refer to by number. */
export class Conditions {
  readonly values: SqlValue[];
  /** Members that no call of the range has, so that free text is not looked for in them. */
  readonly absent: ReadonlySet<string>;
  readonly #sql: string[] = [];

  /** `values` may be shared by several conditions of one statement. */
  constructor(values: SqlValue[] = [], absent: ReadonlySet<string> = new Set()) {
    this.values = values;
    this.absent = absent;
  }

  /** `where …`, or nothing. */
  get where(): string {
    return this.#sql.length > 0 ? `where ${this.#sql.join(" and ")}` : "";
  }

  /** All of them as one condition; true where there are none. */
  get all(): string {
    return this.#sql.length > 0 ? `(${this.#sql.join(" and ")})` : "true";
  }

  value(value: SqlValue): string {
    this.values.push(value);
    return `$${this.values.length}${typeof value === "number" ? "::DOUBLE" : ""}`;
  }

  add(sql: string): void {
    this.#sql.push(sql);
  }
}

export function addRange(conditions: Conditions, { where, from, to }: CallRange): void {
  if (from !== undefined) conditions.add(`"at" >= ${conditions.value(from)}`);
  if (to !== undefined) conditions.add(`"at" < ${conditions.value(to)}`);
  if (where) addQuery(conditions, where);
}

function addQuery(conditions: Conditions, query: Query): void {
  for (const clause of query.clauses) {
    const holds = clause.kind === "text" ? textCondition(conditions, clause.text) : fieldCondition(conditions, clause);
    // What a call has not is not what it says, so that a negation finds it.
    conditions.add(clause.negated ? `not coalesce(${holds}, false)` : holds);
  }
}

function textCondition(conditions: Conditions, text: string): string {
  const lower = text.toLowerCase();
  const place = conditions.value(lower);
  // The path is always there: what is left is never nothing.
  return `(${membersToSearch(lower).filter((member) => !conditions.absent.has(member)).map((member) => `contains(${inLowerCase(member)}, ${place})`).join(" or ")})`;
}

/** Identifiers are so already. A trace that is stored as none is the call's id, which is looked at anyway. */
function inLowerCase(member: string): string {
  return member === "id" || member === "traceId" ? `"${member}"` : `lower("${member}")`;
}

function fieldCondition(conditions: Conditions, clause: Extract<Clause, { kind: "field" }>): string {
  const { member, also } = fieldEntry(clause.field);
  const columns = [member, ...(also === undefined ? [] : [also])].map(columnOf);
  return `(${columns.flatMap((column) => clause.tests.map((test) => testCondition(conditions, column, test))).join(" or ")})`;
}

/** A trace that begins with the call has the call's id, and is stored as none. */
function columnOf(member: string): string {
  return member === "traceId" ? `coalesce("traceId", case when "spanId" is not null then id end)` : `"${member}"`;
}

function testCondition(conditions: Conditions, column: string, test: Test): string {
  switch (test.kind) {
    case "present": return `${column} is not null`;
    case "equals": return `${column} = ${conditions.value(test.value)}`;
    case "pattern": return `${column} like ${conditions.value(test.pieces.map((piece) => piece.replaceAll(/[\\%_]/g, String.raw`\$&`)).join("%"))} escape '\\'`;
    case "range": {
      const bounds = [test.least && `${column} ${test.least.inclusive ? ">=" : ">"} ${conditions.value(test.least.value)}`, test.most && `${column} ${test.most.inclusive ? "<=" : "<"} ${conditions.value(test.most.value)}`];
      return `(${bounds.filter((bound) => bound !== null).join(" and ")})`;
    }
  }
}

export function addFilter(conditions: Conditions, filter: CallFilter): void {
  for (const name of ["service", "consumer", "kind", "method", "provider"] as const) {
    if (filter[name] !== undefined) conditions.add(`"${name}" = ${conditions.value(filter[name])}`);
  }
  if (filter.model !== undefined) {
    const place = conditions.value(filter.model);
    conditions.add(`(model = ${place} or "modelRequested" = ${place})`);
  }
  if (filter.path !== undefined) conditions.add(`contains(path, ${conditions.value(filter.path)})`);
  if (filter.status !== undefined) conditions.add(statusCondition(filter.status));
}

/** The words are checked by the contract's schema: `409`, `4xx` or `error`. */
function statusCondition(status: string): string {
  if (status === "error") return "status >= 400";
  if (status.endsWith("xx")) return `status // 100 = ${Number(status[0])}`;
  return `status = ${Number(status)}`;
}
