/**
 * A query over calls, parsed: what `docs/query-language.md` describes. All clauses have to hold. The live view tests records
 * with it (`matches.ts`), a call log makes its own language of it. Pure; may import the contract only.
 */
import type { FieldName } from "./fields.ts";

export interface Query {
  clauses: Clause[];
}

export type Clause = { negated: boolean; place: Place } & ({ kind: "text"; text: string } | { kind: "field"; field: FieldName; /** One has to hold. */ tests: Test[] });

export type Value = string | number | boolean;

export type Test =
  /** The call has the member at all. */
  | { kind: "present" }
  | { kind: "equals"; value: Value }
  /** The pieces between the stars of a pattern, in order; the first stands at the start and the last at the end. */
  | { kind: "pattern"; pieces: string[] }
  | { kind: "range"; least: Bound | null; most: Bound | null };

export interface Bound {
  value: number;
  inclusive: boolean;
}

/** Where it stands in the text: UTF-16 units, the end exclusive. */
export interface Place {
  from: number;
  to: number;
}

export interface QueryError extends Place {
  message: string;
  /** What was probably meant, to stand in this place. */
  suggestion?: string;
}

export type ParsedQuery = { ok: true; query: Query } | { ok: false; errors: QueryError[] };

export const everything: Query = { clauses: [] };
