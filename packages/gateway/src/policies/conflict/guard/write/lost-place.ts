/** Why a write got no place, as the client is told. */
import type { WritePlace } from "@parley/stores/ports/ledger";
import { type Complaint, complaintOfRow } from "../complaint.ts";
import { actorName, type GuardedCall } from "../guarded-call.ts";

type Refused = Exclude<WritePlace, { kind: "granted" } | { kind: "idempotency"; state: "done" }>;

export function placeComplaint(place: Refused, now: number): Complaint {
  switch (place.kind) {
    case "idempotency":
      return idempotencyComplaint(place.state);
    case "locked":
      return place.state === "held" ? heldComplaint(place.lease, now) : complaintOfRow(place.state === "expired" ? "leaseExpired" : "tokenUnknown");
    case "busy":
      return place.reason === "queue"
        ? complaintOfRow("queueFull", { afterMs: Math.min(place.retryAfterMs, 5_000), detail: "Too many writes wait for it already." })
        : complaintOfRow("resting", { afterMs: place.retryAfterMs, detail: "It rests after a write or a lease whose end nobody saw." });
  }
}

function idempotencyComplaint(state: "payload-mismatch" | "in-flight" | "outcome-unknown"): Complaint {
  switch (state) {
    case "payload-mismatch":
      return complaintOfRow("keyMismatch");
    case "in-flight":
      return complaintOfRow("keyInFlight");
    case "outcome-unknown":
      return complaintOfRow("keyUnknown");
  }
}

function heldComplaint(lease: { holder: string; expiresAt: number }, now: number): Complaint {
  return complaintOfRow("leaseHeld", {
    afterMs: Math.max(1_000, lease.expiresAt - now), holder: { name: lease.holder, expiresAt: lease.expiresAt },
    detail: `${lease.holder} holds a lease on it until ${new Date(lease.expiresAt).toISOString()}.`,
  });
}

/** A lease on what the call is sent to, whose token it does not carry. */
export async function othersLease(call: GuardedCall): Promise<Complaint | null> {
  const { plan, path } = call;
  const { ledger } = plan.ports;
  const verdict = await ledger.checkWrite({ service: plan.service, path, lockPath: plan.lockPathOf(path), view: "", consumer: actorName(call), lockToken: null, idempotency: null });
  return verdict.kind === "locked" ? placeComplaint(verdict, plan.ports.now()) : null;
}
