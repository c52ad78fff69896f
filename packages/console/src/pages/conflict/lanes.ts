/** What happened to the resource around a conflict: a lane for each actor, events in their order, and the revisions that came of them. */
import type { Revision } from "@parley/contract/api/resource-history";
import type { CallRecord } from "@parley/contract/call-record";
import type { ConflictRecord } from "@parley/contract/conflicts/record";

export interface LaneEvent {
  /** Counted from 0 in the order of time, over all lanes. */
  place: number;
  at: number;
  kind: "read" | "write";
  call: string;
  method: string;
  status: number;
  /** Refused or failed: it changed nothing. */
  failed: boolean;
  collision: boolean;
  revision: number | null;
}

export interface Lane {
  actor: string;
  events: LaneEvent[];
}

export interface Lanes {
  lanes: Lane[];
  /** How many places there are. */
  places: number;
}

const mostEvents = 24;
const reads = new Set(["GET", "HEAD"]);
const writes = new Set(["PUT", "PATCH", "DELETE", "POST", "LOCK", "UNLOCK"]);

export function lanesOf(record: Pick<ConflictRecord, "resource" | "callId" | "consumers" | "consumer">, calls: readonly CallRecord[], revisions: readonly Revision[]): Lanes {
  const revisionOf = new Map(revisions.flatMap(({ callId, revision }) => (callId === undefined ? [] : [[callId, revision] as const])));
  const about = calls.filter((call) => call.path === record.resource && (reads.has(call.method) || writes.has(call.method))).toSorted((one, other) => one.at - other.at);
  const lanes = new Map<string, Lane>();
  const shown = around(about, record.callId);
  for (const [place, call] of shown.entries()) {
    const actor = call.consumer ?? "anonymous";
    const lane = lanes.get(actor) ?? { actor, events: [] };
    lanes.set(actor, lane);
    lane.events.push({
      place, at: call.at, kind: reads.has(call.method) ? "read" : "write", call: call.id, method: call.method, status: call.status, failed: call.status >= 400, collision: call.id === record.callId,
      revision: revisionOf.get(call.id) ?? null,
    });
  }
  const own = record.consumer ?? record.consumers[0];
  // Whose call met it stands below the others, where the collision is looked for.
  return { lanes: [...lanes.values()].toSorted((one, other) => Number(one.actor === own) - Number(other.actor === own)), places: shown.length };
}

/** The events before the collision say why; what came after says little. */
function around(calls: readonly CallRecord[], collision: string | undefined): CallRecord[] {
  const index = calls.findIndex(({ id }) => id === collision);
  const end = index === -1 ? calls.length : Math.min(calls.length, index + 4);
  return calls.slice(Math.max(0, end - mostEvents), end);
}

export function eventText({ kind, method, status, failed, collision, revision }: LaneEvent): string {
  const what = kind === "read" ? "read" : failed ? "tried to write" : "wrote";
  return `${what} (${method}, ${status})${revision === null ? "" : `, revision ${revision}`}${collision ? ": the collision" : ""}`;
}
