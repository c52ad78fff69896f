/**
 * What became of a write whose gateway was lost after sending it: its rest is over, so whatever the upstream was going to
 * do is done, and a look tells. Nothing is ever sent again.
 */
import type { UnresolvedWrite } from "@parley/stores/ports/ledger";
import type { Exchange } from "../../../exchange/exchange.ts";
import { noBody } from "../../../exchange/derived-exchange.ts";
import { onlyFields } from "../../../exchange/raw-fields.ts";
import type { GuardPlan } from "./guard-plan.ts";
import { type GuardedCall, lookingOf } from "./guarded-call.ts";
import { showsIntended } from "./write/intended-state.ts";
import { refetch } from "./representation/refetch.ts";
import type { Representation } from "./representation/representation.ts";

type Outcome = "applied" | "not-applied" | "diverged";

/** Throws nothing; where the upstream cannot be asked now, the write stays unresolved and is looked at again. */
export async function recoverWrite(plan: GuardPlan, write: UnresolvedWrite): Promise<Outcome | null> {
  const call = recoveringCall(plan, write);
  const found = await refetch(call, { query: call.query, accept: onlyFields(write.refetch, (name) => !name.startsWith(":")) });
  if (found.kind === "failed") return null;
  const outcome = found.kind === "seen" ? judge(call, write, found.current) : "diverged";
  const seen = found.kind === "seen" ? found.current : null;
  const { resolved } = await plan.ports.ledger.resolveWrite({ write: write.write, outcome, etag: seen?.etag ?? null, digest: seen?.digest ?? null });
  if (resolved) await completeRecord(plan, write, outcome);
  return outcome;
}

function judge(call: GuardedCall, write: UnresolvedWrite, current: Representation): Outcome {
  // What a collection shows proves neither: a wrong "not applied" would have it created twice.
  if (write.method === "POST") return "diverged";
  if (write.method === "DELETE") return current.exists ? (isBase(write, current) ? "not-applied" : "diverged") : "applied";
  if (!current.exists) return write.base.digest === null && write.base.etag === null ? "not-applied" : "diverged";
  if (write.intended !== null && showsIntended(current, lookingOf(call), write.intended)) return "applied";
  return isBase(write, current) ? "not-applied" : "diverged";
}

function isBase({ base }: UnresolvedWrite, current: Representation): boolean {
  return base.digest !== null ? base.digest === current.key : base.etag !== null && base.etag === current.etag;
}

/** The record that the client was pointed to has the write's own id. */
async function completeRecord(plan: GuardPlan, write: UnresolvedWrite, outcome: Outcome): Promise<void> {
  const { ledger } = plan.ports;
  const record = await ledger.getConflict({ id: write.write });
  if (record === null) return;
  const known = outcome === "diverged" ? {} : { outcome, state: outcome === "applied" ? ("applied" as const) : ("prevented" as const) };
  await ledger.recordConflict({ ...record, ...known, found: { at: plan.ports.now(), outcome } });
}

/** In the name of the consumer, with the service's own credentials: the caller's are kept nowhere. */
function recoveringCall(plan: GuardPlan, write: UnresolvedWrite): GuardedCall {
  const at = write.refetch.indexOf(":query");
  const query = at === -1 ? "" : (write.refetch[at + 1] ?? "");
  const below = plan.servicePath === "/" ? write.path : write.path.slice(plan.servicePath.length);
  const consumer = write.consumer === "anonymous" ? "" : write.consumer;
  const exchange: Exchange = {
    id: write.callId, startedAt: plan.ports.monotonicMs(), method: "GET", target: write.path + query, path: write.path, rest: below + query, rawHeaders: [], headers: {},
    clientAddress: "127.0.0.1", peer: { address: "127.0.0.1", trusted: false }, incomingTraceId: null, traceFlags: "00", upgrade: null,
    caller: consumer === "" ? null : { consumer, key: "" }, keySecret: null, answerFields: [],
    record: { id: write.callId, at: plan.ports.now(), attempts: 0, requestBytes: 0, responseBytes: 0, traceId: "0".repeat(31) + "1", spanId: "0".repeat(15) + "1" },
    body: noBody, onClientGone: () => {}, onEnded: () => {}, step: () => {},
  };
  const sink = { head: () => {}, data: () => true, end: () => {}, fault: () => {}, onDrain: () => {} };
  const preconditions = { ifMatch: null, ifNoneMatch: null, ifModifiedSince: null, ifUnmodifiedSince: null, ifRange: null };
  return { plan, exchange, sink, path: write.path, query, consumer, preconditions };
}
