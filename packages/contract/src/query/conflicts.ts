/** The same query language asked of conflicts: those of its fields that a conflict has, too. */
import type { ConflictRecord } from "../conflicts/record.ts";
import type { FieldName } from "./fields.ts";
import { testOf } from "./matches.ts";
import type { Clause, Query, Value } from "./query.ts";

/** A conflict can have several values of a field: everybody who took part is one of its consumers. */
type Reader = (record: ConflictRecord) => readonly (Value | undefined)[];

const readers: Partial<Record<FieldName, Reader>> = {
  service: ({ service }) => [service],
  path: ({ resource }) => [resource],
  method: ({ method }) => [method === "" ? undefined : method],
  consumer: ({ consumers }) => consumers,
  status: ({ status }) => [status],
  upstreamstatus: ({ upstream }) => [upstream?.status],
  cause: ({ cause }) => [cause],
  detail: ({ detail }) => [detail],
  conditional: ({ expected }) => [expected.length > 0],
  conflict: ({ id }) => [id],
  id: ({ callId }) => [callId],
  at: ({ at }) => [at],
};

export const conflictFields = Object.keys(readers) as FieldName[];

/** Terms that ask for something that no conflict has. */
export function foreignToConflicts({ clauses }: Query): Extract<Clause, { kind: "field" }>[] {
  return clauses.filter((clause) => clause.kind === "field").filter(({ field }) => readers[field] === undefined);
}

export function conflictMatcherOf({ clauses }: Query): (record: ConflictRecord) => boolean {
  const matchers = clauses.map((clause) => {
    const holds = clause.kind === "text" ? holdsText(clause.text.toLowerCase()) : holdsField(clause);
    return clause.negated ? (record: ConflictRecord) => !holds(record) : holds;
  });
  return (record) => matchers.every((matches) => matches(record));
}

function holdsText(text: string): (record: ConflictRecord) => boolean {
  return ({ resource, service, consumers, detail, id, callId = "", cause }) => [resource, service, ...consumers, detail, id, callId, cause].some((value) => value.toLowerCase().includes(text));
}

function holdsField({ field, tests }: Extract<Clause, { kind: "field" }>): (record: ConflictRecord) => boolean {
  const read = readers[field];
  const holds = tests.map(testOf);
  return (record) => read?.(record).some((value) => value !== undefined && holds.some((test) => test(value))) ?? false;
}

/** What a query surely asks for in one field, to look for by an index; null where it does not, or asks for one of several. */
export function soleValue({ clauses }: Query, field: FieldName): string | null {
  const sole = clauses.find((clause) => clause.kind === "field" && clause.field === field && !clause.negated && clause.tests.length === 1);
  const [test] = sole?.kind === "field" ? sole.tests : [];
  return test?.kind === "equals" && typeof test.value === "string" ? test.value : null;
}
