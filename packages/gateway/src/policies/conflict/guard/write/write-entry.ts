/** The ledger's entry of one write that has its place: SENT before the first byte goes out, and settled once, whatever happens. Two commits. */
import { LedgerUnavailableError, type FinishWrite } from "@parley/stores/ports/ledger";
import { type GuardedCall, lookingOf } from "../guarded-call.ts";
import type { AskedAs } from "../representation/asked-as.ts";
import type { Looked } from "../resolution/evidence.ts";
import type { Resolution } from "../resolution/resolution.ts";
import { intendedDigest } from "./intended-state.ts";
import type { Placed } from "./placed.ts";
import { sentAs } from "./send-at-once.ts";
import type { WriteRequest } from "./write-request.ts";

export type WriteEnd = Pick<FinishWrite, "outcome"> & Partial<Pick<FinishWrite, "response" | "etag" | "exists">>;

export class WriteEntry {
  readonly #call: GuardedCall;
  readonly #placed: Placed;
  #isSent = false;
  #isSettled = false;

  constructor(call: GuardedCall, placed: Placed) {
    this.#call = call;
    this.#placed = placed;
  }

  /** False where the place is another's by now, and nothing may go out. */
  async send(looked: Looked, { request, resolution, given }: { request: WriteRequest; resolution: Extract<Resolution, { kind: "proceed" }>; given: AskedAs | undefined }): Promise<boolean> {
    const { plan } = this.#call;
    const { place } = this.#placed;
    const { current } = looked;
    const { client } = request;
    if (place.sent !== true) {
      const intended = client === null ? null : intendedDigest(lookingOf(this.#call), client, { bytes: resolution.merged?.bytes ?? client.bytes, current });
      const sent = await plan.ports.ledger.sendWrite({
        write: place.write, restMs: plan.restMs, base: { etag: current?.etag ?? place.state?.etag ?? null, digest: current?.key ?? place.state?.digest ?? null }, intended,
        refetch: sentAs(this.#call, given), fsync: plan.settings.durability === "fsync",
      });
      if (sent.kind === "superseded") return false;
    }
    this.#isSent = true;
    return true;
  }

  /** A ledger that cannot be told has the write as sent, and recovery finds out how it ended. */
  async finish({ outcome, response, etag, exists }: WriteEnd): Promise<"done" | "superseded" | "unavailable"> {
    if (this.#isSettled) return "done";
    this.#isSettled = true;
    const { ports, settings } = this.#call.plan;
    try {
      const { kind } = await ports.ledger.finishWrite({
        write: this.#placed.place.write, outcome, etag: etag ?? null, digest: null, response: response ?? null, fsync: settings.durability === "fsync",
        ...(exists === true ? { exists: true } : {}),
      });
      return kind;
    } catch (error) {
      if (error instanceof LedgerUnavailableError) return "unavailable";
      throw error;
    }
  }

  /** Where nothing else has settled it. */
  async letGo(): Promise<void> {
    await this.finish({ outcome: this.#isSent ? "unknown" : "not-applied" });
  }
}
