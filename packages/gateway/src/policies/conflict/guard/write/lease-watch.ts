/** Watches over the lease of a write that is on its way. What is under way cannot be called back, but the sooner the connection is cut the less of it arrives. */
import type { Refusal } from "@parley/contract/problems/problem";
import { type Complaint, complaintOfRow } from "../complaint.ts";
import type { GuardedCall } from "../guarded-call.ts";
import type { Placed } from "./placed.ts";

export class LeaseWatch {
  readonly #call: GuardedCall;
  readonly #placed: Placed;
  #isLost = false;

  constructor(call: GuardedCall, placed: Placed) {
    this.#call = call;
    this.#placed = placed;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Settled when the lease is lost, and else never. */
  lost(): Promise<Refusal> {
    const { plan } = this.#call;
    return new Promise((resolve) => {
      const told = ({ kind }: { kind: "lost" | "over" }): void => {
        if (kind !== "lost") return;
        this.#isLost = true;
        resolve({ code: "outcome-unknown", detail: "The lease was lost while the write was on its way." });
      };
      // A ledger that cannot say keeps nobody from ending: it will refuse to commit under an older fence.
      (this.#placed.leaseLost ?? plan.ports.ledger.awaitLoss({ write: this.#placed.place.write, waitMs: plan.holdMs })).then(told, () => {});
    });
  }

  complaint(): Complaint {
    const complaint = complaintOfRow("responseLost", { detail: "The lease ended while the write was on its way, so nobody can say whether it was carried out." });
    return { ...complaint, diagnosis: { ...complaint.diagnosis, subcause: "lease-lost" }, id: this.#placed.place.write };
  }
}
