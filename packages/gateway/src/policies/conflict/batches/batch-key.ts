/** The Idempotency-Key of a batch as a whole: its first answer is kept and given again, as that of any other request. */
import type { Answer } from "../../../exchange/whole-answer.ts";
import { complain } from "../guard/complaint.ts";
import { actorName, type GuardedCall } from "../guard/guarded-call.ts";
import { placeComplaint } from "../guard/write/lost-place.ts";
import { replay } from "../guard/write/write.ts";
import type { WriteRequest } from "../guard/write/write-request.ts";
import { storedResponse } from "../guard/write/write-result.ts";
import { holdMsOf } from "./item-places.ts";

type Kept = Pick<Answer, "status" | "rawHeaders"> & { body: Buffer | null };

export class BatchKey {
  readonly #call: GuardedCall;
  /** Of the ledger; null where the batch has no key. */
  readonly #write: string | null;
  #state: "taken" | "sent" | "settled" = "taken";

  private constructor(call: GuardedCall, write: string | null) {
    this.#call = call;
    this.#write = write;
  }

  /** Null where the key stands in the way, and the client has been told. */
  static async take(call: GuardedCall, { idempotencyKey, fingerprint }: WriteRequest, itemCount: number): Promise<BatchKey | null> {
    if (idempotencyKey === null) return new BatchKey(call, null);
    const { plan, exchange, path } = call;
    const place = await plan.ports.ledger.prepareWrite({
      service: plan.service, path, lockPath: `${path}#${exchange.id}`, view: "", consumer: actorName(call), callId: exchange.id, method: exchange.method, lockToken: null,
      maxWaiting: plan.maxWaiting, waitMs: plan.waitMs, holdMs: holdMsOf(plan, itemCount) + plan.holdMs,
      idempotency: { consumer: call.consumer, route: plan.service, key: idempotencyKey, fingerprint, retainMs: plan.settings.idempotency.retain },
    });
    if (place.kind === "granted") return new BatchKey(call, place.write);
    if (place.kind === "idempotency" && place.state === "done") replay(call, place.response);
    else complain(call, placeComplaint(place, plan.ports.now()));
    return null;
  }

  /** From now on only its answer, or nobody, knows how it ended. */
  async sent(): Promise<void> {
    if (this.#write === null || this.#state !== "taken") return;
    const { plan } = this.#call;
    this.#state = "sent";
    await plan.ports.ledger.sendWrite({ write: this.#write, restMs: plan.restMs, base: { etag: null, digest: null }, intended: null, refetch: [], fsync: plan.settings.durability === "fsync" });
  }

  async keep(answer: Kept): Promise<void> {
    await this.#finish("applied", answer);
  }

  /** Whatever was not kept: the key is free again, or its outcome unknown. */
  async letGo(isLost: boolean): Promise<void> {
    await this.#finish(isLost ? "unknown" : "not-applied", null);
  }

  async #finish(outcome: "applied" | "not-applied" | "unknown", answer: Kept | null): Promise<void> {
    if (this.#write === null || this.#state === "settled") return;
    this.#state = "settled";
    const { plan } = this.#call;
    const response = answer === null ? null : storedResponse(answer.status, answer.rawHeaders, answer.body);
    // A ledger that cannot be told has it as sent, and says that its outcome is unknown.
    await plan.ports.ledger.finishWrite({ write: this.#write, outcome, etag: null, digest: null, response, fsync: plan.settings.durability === "fsync" }).catch(() => {});
  }
}
