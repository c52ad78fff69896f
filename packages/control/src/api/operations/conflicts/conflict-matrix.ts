/** Who collides with whom, and on what: counted from the newest conflicts of a range, as many as can be read at once. */
import type { ConflictMatrix, conflictSummaryQuery } from "@parley/contract/api/conflicts";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { conflictMatcherOf } from "@parley/contract/query/conflicts";
import type { z } from "zod";
import type { ControlPlane } from "../../control-plane.ts";
import { readConflictQuery } from "./found-conflicts.ts";
import { ledgerAnswer } from "./ledger-answer.ts";

const pageConflicts = 1_000;
const mostConflicts = 20_000;
const mostCells = 500;
const shownResources = 5;
const dayMs = 24 * 3_600_000;

interface Cell {
  by: string | null;
  with: string | null;
  count: number;
  lost: number;
  lastAt: number;
  causes: Map<string, number>;
  resources: Map<string, { service: string; resource: string; count: number }>;
}

export async function conflictMatrix(plane: ControlPlane, query: z.output<typeof conflictSummaryQuery>): Promise<ConflictMatrix> {
  const asked = readConflictQuery(query.query, plane.now());
  const to = query.to ?? plane.now() + 1;
  const from = query.from ?? to - dayMs;
  const cells = new Map<string, Cell>();
  const matches = conflictMatcherOf(asked);
  let [counted, lookedAt, after]: [number, number, string | null] = [0, 0, null];
  do {
    const cursor: string | null = after;
    const page: { items: ConflictRecord[]; next: string | null } = await ledgerAnswer(() =>
      plane.ledger.findConflicts({ service: query.service ?? null, state: null, cause: null, after: cursor, consumer: null, resource: null, call: null, origin: null, from, to, limit: pageConflicts }));
    const fitting = page.items.filter(matches);
    for (const record of fitting) count(cells, record);
    counted += fitting.length;
    lookedAt += page.items.length;
    after = page.next;
  } while (after !== null && lookedAt < mostConflicts);
  const worst = [...cells.values()].toSorted((one, other) => other.count - one.count || other.lastAt - one.lastAt);
  return { from, to, counted, isComplete: after === null && worst.length <= mostCells, cells: worst.slice(0, mostCells).map(shown) };
}

/** Several others at once are a pair each. Whoever is not known is null; one that is alone met another instance of itself, or nobody knows whom. */
function count(cells: Map<string, Cell>, record: ConflictRecord): void {
  const [by = record.consumer ?? null, ...others] = record.consumers;
  for (const other of others.length === 0 ? [null] : new Set(others)) {
    const name = JSON.stringify([by, other]);
    const cell: Cell = cells.get(name) ?? { by, with: other, count: 0, lost: 0, lastAt: 0, causes: new Map(), resources: new Map() };
    cells.set(name, cell);
    cell.count++;
    if (record.state === "lost") cell.lost++;
    cell.lastAt = Math.max(cell.lastAt, record.at);
    cell.causes.set(record.cause, (cell.causes.get(record.cause) ?? 0) + 1);
    const place = `${record.service}\n${record.resource}`;
    cell.resources.set(place, { service: record.service, resource: record.resource, count: (cell.resources.get(place)?.count ?? 0) + 1 });
  }
}

function shown({ causes, resources, ...cell }: Cell): ConflictMatrix["cells"][number] {
  return {
    ...cell,
    causes: [...causes].map(([cause, calls]) => ({ cause: cause as ConflictRecord["cause"], count: calls })).toSorted((one, other) => other.count - one.count),
    resources: [...resources.values()].toSorted((one, other) => other.count - one.count).slice(0, shownResources),
  };
}
