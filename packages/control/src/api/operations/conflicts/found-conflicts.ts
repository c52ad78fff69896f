/** Conflicts by the query language: what an index can find is left to the ledger, the rest is looked through page by page, and no further than a bound. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { type ConflictCause, conflictCauses } from "@parley/contract/conflicts/cause";
import { conflictFields, conflictMatcherOf, foreignToConflicts, soleValue } from "@parley/contract/query/conflicts";
import type { Query } from "@parley/contract/query/query";
import type { LedgerInput, LedgerOutput } from "@parley/stores/ports/ledger";
import { readQuery } from "../../../calls/call-question.ts";
import { refuse } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import { ledgerAnswer } from "./ledger-answer.ts";

type Filter = LedgerInput<"findConflicts">;
type Found = LedgerOutput<"findConflicts">;
type Page = Pick<Found, "items" | "next">;

const pageConflicts = 1_000;
/** So many are looked at for one answer; with `next` the search goes on from there. */
const mostLookedAt = 20_000;

/** A term that no conflict can fit would find nothing and look like an answer. */
export function readConflictQuery(text: string | undefined, now: number): Query {
  const query = readQuery(text, now);
  const foreign = foreignToConflicts(query);
  const [first] = foreign;
  if (first === undefined) return query;
  const errors = foreign.map(({ field, place }) => ({ parameter: "query", ...place, message: `a conflict has no ${field}; it has ${conflictFields.join(", ")}` }));
  return refuse("invalid-query", `at character ${first.place.from + 1}: ${errors[0]?.message ?? ""}`, { extensions: { errors } });
}

export async function findMatching(plane: ControlPlane, asked: Filter, query: Query): Promise<Page> {
  const find = (filter: Filter): Promise<Found> => ledgerAnswer(() => plane.ledger.findConflicts(filter));
  if (query.clauses.length === 0) {
    const { items, next } = await find(asked);
    return { items, next };
  }
  const filter = narrowed(asked, query);
  const matches = conflictMatcherOf(query);
  const items: ConflictRecord[] = [];
  let [after, lookedAt] = [asked.after, 0];
  for (;;) {
    const page = await find({ ...filter, after, limit: pageConflicts });
    for (const [index, record] of page.items.entries()) {
      if (!matches(record)) continue;
      items.push(record);
      if (items.length < asked.limit) continue;
      return { items, next: index === page.items.length - 1 ? page.next : (page.cursors[index] ?? null) };
    }
    lookedAt += page.items.length;
    after = page.next;
    if (after === null || lookedAt >= mostLookedAt) return { items, next: after };
  }
}

/** Values that are asked for besides the query stay as they are; the query is tested anyway. */
function narrowed(asked: Filter, query: Query): Filter {
  const cause = soleValue(query, "cause");
  return {
    ...asked, service: asked.service ?? soleValue(query, "service"), resource: asked.resource ?? soleValue(query, "path"), consumer: asked.consumer ?? soleValue(query, "consumer"), call: asked.call ?? soleValue(query, "id"),
    cause: asked.cause ?? (conflictCauses.includes(cause as ConflictCause) ? (cause as ConflictCause) : null),
  };
}

export interface CountAsked {
  query: Query;
  service: string | null;
  from: number;
  to: number;
  /** Of resources. */
  limit: number;
}

type Counts = LedgerOutput<"countConflicts"> & { isComplete: boolean };

export async function countMatching(plane: ControlPlane, { query, service, from, to, limit }: CountAsked): Promise<Counts> {
  if (query.clauses.length === 0) return { ...(await ledgerAnswer(() => plane.ledger.countConflicts({ service, from, to, limit }))), isComplete: true };
  const { items, next } = await findMatching(plane, { ...everyConflict, service, from, to, limit: mostLookedAt }, query);
  const resources = tallied(items, ({ service: of, resource }) => ({ service: of, resource }));
  return { kinds: tallied(items, ({ service: of, state, cause, origin }) => ({ service: of, state, cause, origin })), resources: resources.slice(0, limit), isComplete: next === null };
}

const everyConflict = { state: null, cause: null, after: null, consumer: null, resource: null, call: null, origin: null };

/** The most frequent first. */
function tallied<Kind extends object>(items: readonly ConflictRecord[], kindOf: (record: ConflictRecord) => Kind): (Kind & { count: number; lastAt: number })[] {
  const counts = new Map<string, Kind & { count: number; lastAt: number }>();
  for (const record of items) {
    const kind = kindOf(record);
    const name = JSON.stringify(kind);
    const known = counts.get(name) ?? { ...kind, count: 0, lastAt: 0 };
    counts.set(name, { ...known, count: known.count + 1, lastAt: Math.max(known.lastAt, record.at) });
  }
  return [...counts.values()].toSorted((one, other) => other.count - one.count || other.lastAt - one.lastAt);
}
