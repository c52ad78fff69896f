/** LOCK and UNLOCK on the resource itself (RFC 4918's verbs, with an end to every lease and JSON in the answer). */
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import type { Refusal } from "@parley/contract/problems/problem";
import { isRefusal, lockToken } from "../requests/write-tokens.ts";
import { complain, complaintOfRow } from "./complaint.ts";
import { actorName, type GuardedCall } from "./guarded-call.ts";
import { placeComplaint } from "./write/lost-place.ts";
import { unmetPrecondition } from "./write/unplaced-write.ts";
import { tooEarlyOrTooOften } from "./write/write-request.ts";

const defaultTtlMs = 30_000;

export async function lockOrUnlock(call: GuardedCall): Promise<void> {
  const token = lockToken(call.exchange.headers["lock-token"]);
  if (isRefusal(token)) return call.sink.fault(token);
  const early = tooEarlyOrTooOften(call);
  if (early !== null && "refusal" in early) return call.sink.fault(early.refusal);
  // Who gives a lease back makes room, however many conflicts it has caused.
  if (early !== null && call.exchange.method === "LOCK") return complain(call, early.complaint);
  try {
    await (call.exchange.method === "LOCK" ? lock(call, token) : unlock(call, token));
  } catch (error) {
    if (!(error instanceof LedgerUnavailableError)) throw error;
    complain(call, complaintOfRow("ledgerDown"));
  }
}

async function lock(call: GuardedCall, token: string | null): Promise<void> {
  const { plan, path } = call;
  const ttlMs = askedTtl(call.exchange.headers["timeout"], plan.settings.locks.maxTtl);
  if (typeof ttlMs !== "number") return call.sink.fault(ttlMs);
  // Whoever renews holds it already, and keeps it as it is where the precondition is false.
  const unmetByHolder = token === null ? null : await unmetPrecondition(call);
  if (unmetByHolder !== null) return unmetByHolder();
  const acquired = await plan.ports.ledger.acquireLease({
    service: plan.service, path: plan.lockPathOf(path), holder: actorName(call), token, ttlMs, restMs: plan.restMs, maxWaiting: plan.maxWaiting, waitMs: plan.waitMs,
  });
  if (acquired.kind !== "granted") return complain(call, placeComplaint(acquired, plan.ports.now()));
  // Under the lease, so that nobody writes between the look and the answer.
  const unmet = token === null ? await unmetPrecondition(call) : null;
  if (unmet !== null) {
    await plan.ports.ledger.releaseLease({ service: plan.service, path: plan.lockPathOf(path), token: acquired.token, holder: actorName(call) });
    return unmet();
  }
  const { fence, expiresAt, holder } = acquired.lease;
  const body = Buffer.from(JSON.stringify({ token: acquired.token, fence, expiresAt: new Date(expiresAt).toISOString(), holder }));
  const seconds = Math.max(0, Math.round((expiresAt - plan.ports.now()) / 1000));
  call.sink.head(200, [
    "Content-Type", "application/json", "Content-Length", String(body.length), "Lock-Token", `<${acquired.token}>`, "Timeout", `Second-${seconds}`, "Cache-Control", "no-store",
  ]);
  call.sink.data(body);
  call.sink.end();
}

async function unlock(call: GuardedCall, token: string | null): Promise<void> {
  const { plan, path } = call;
  if (token === null) return call.sink.fault({ code: "malformed-lock", detail: "UNLOCK needs the Lock-Token of the lease." });
  const released = await plan.ports.ledger.releaseLease({ service: plan.service, path: plan.lockPathOf(path), token, holder: actorName(call) });
  if (released.kind !== "released") return complain(call, complaintOfRow(released.kind === "expired" ? "leaseExpired" : "tokenUnknown"));
  call.sink.head(204, []);
  call.sink.end();
}

/** RFC 4918 §10.7: a list of wishes, of which the first that can be read counts; no lease is without an end. */
function askedTtl(field: string | string[] | undefined, maxTtlMs: number): number | Refusal {
  if (field === undefined) return Math.min(defaultTtlMs, maxTtlMs);
  for (const wish of String(field).split(",")) {
    const seconds = /^\s*Second-(\d{1,10})\s*$/i.exec(wish)?.[1];
    if (seconds !== undefined && Number(seconds) > 0) return Math.min(Number(seconds) * 1000, maxTtlMs);
    if (/^\s*Infinite\s*$/i.test(wish)) return maxTtlMs;
  }
  return { code: "malformed-lock", detail: "Timeout is written Second-30, with one second at least." };
}
