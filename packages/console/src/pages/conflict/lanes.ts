/** What happened to the resource around a conflict: a lane for each actor, events in their order, and the revisions that came of them. */
import type { Revision } from "@parley/contract/api/resource-history";
import type { CallRecord } from "@parley/contract/call-record";
import type { ConflictRecord } from "@parley/contract/conflicts/record";

export interface LaneEvent {
  /** Counted from 0 in the order of time, over all lanes. */
  place: number;
  at: number;
  kind: "read" | "write";
  /** Null for a write past the gateway, of which there is no call. */
  call: string | null;
  method: string;
  /** 0 where it is not known. */
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

type Met = Pick<ConflictRecord, "resource" | "callId" | "consumers" | "consumer" | "at" | "method" | "status">;

export function lanesOf(record: Met, calls: readonly CallRecord[], revisions: readonly Revision[]): Lanes {
  const about = calls.filter((call) => call.path === record.resource && (reads.has(call.method) || writes.has(call.method)));
  const happened = [...about.map((call) => ofCall(call, record, revisions)), ...unseen(record, about, revisions)].toSorted((one, other) => one.sortAt - other.sortAt);
  const lanes = new Map<string, Lane>();
  const shown = around(happened);
  for (const [place, { actor, sortAt: _, ...event }] of shown.entries()) {
    const lane = lanes.get(actor) ?? { actor, events: [] };
    lanes.set(actor, lane);
    lane.events.push({ ...event, place });
  }
  const own = record.consumer ?? record.consumers[0];
  // Whose call met it stands below the others, where the collision is looked for.
  return { lanes: [...lanes.values()].toSorted((one, other) => Number(one.actor === own) - Number(other.actor === own)), places: shown.length };
}

type Happening = Omit<LaneEvent, "place"> & { actor: string; sortAt: number };

function ofCall(call: CallRecord, record: Met, revisions: readonly Revision[]): Happening {
  return {
    actor: call.consumer ?? "anonymous", sortAt: call.at, at: call.at, kind: reads.has(call.method) ? "read" : "write", call: call.id, method: call.method, status: call.status, failed: call.status >= 400,
    collision: call.id === record.callId, revision: revisions.find(({ callId }) => callId === call.id)?.revision ?? null,
  };
}

/** What no call of this path did: a write past the gateway, an item of a batch, and the collision itself where it was one. */
function unseen(record: Met, about: readonly CallRecord[], revisions: readonly Revision[]): Happening[] {
  const first = Math.min(record.at, ...about.map(({ at }) => at));
  const known = new Set(about.map(({ id }) => id));
  const others = revisions.filter(({ at, by, callId }) => at >= first && by !== "" && !known.has(callId ?? "")).map(({ at, by, callId, method = "", revision }): Happening => {
    // It is found by whoever looks next, and was there before.
    const finder = by === "bypass" ? about.findLast((call) => call.at <= at && at <= call.at + call.durationMs) : undefined;
    return { actor: by === "bypass" ? pastTheGateway : by, sortAt: (finder?.at ?? at) - 0.5, at, kind: "write", call: callId ?? null, method, status: 0, failed: false, collision: false, revision };
  });
  if (record.callId === undefined || known.has(record.callId)) return others;
  const { at, method, status, callId, consumer = record.consumers[0] ?? "anonymous" } = record;
  return [...others, { actor: consumer, sortAt: at, at, kind: "write", call: callId, method, status, failed: status >= 400, collision: true, revision: null }];
}

const pastTheGateway = "past the gateway";

/** The events before the collision say why; what came after says little. */
function around(happened: readonly Happening[]): Happening[] {
  const index = happened.findIndex(({ collision }) => collision);
  const end = index === -1 ? happened.length : Math.min(happened.length, index + 4);
  return happened.slice(Math.max(0, end - mostEvents), end);
}

export function eventText({ kind, method, status, failed, collision, revision }: LaneEvent): string {
  const what = kind === "read" ? "read" : failed ? "tried to write" : "wrote";
  const how = [method, status === 0 ? "" : String(status)].filter((part) => part !== "").join(", ");
  return `${what}${how === "" ? "" : ` (${how})`}${revision === null ? "" : `, revision ${revision}`}${collision ? ": the collision" : ""}`;
}
