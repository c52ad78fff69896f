/** A POST without a key: minds leases, is sent once, and is explained where it fails. */
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import { takeAnswer } from "../../../../exchange/whole-answer.ts";
import { complain, complaintOfRow } from "../complaint.ts";
import type { GuardedCall } from "../guarded-call.ts";
import { othersLease } from "../write/lost-place.ts";
import { afterUpstreamConflict } from "../resolution/resolution.ts";
import { answerPlainly, withoutForeignTag } from "../write/write-answer.ts";
import type { WriteRequest } from "../write/write-request.ts";
import { resultOf } from "../write/write-result.ts";
import { derivedExchange } from "../../../../exchange/derived-exchange.ts";

export async function plainCreate(call: GuardedCall, request: WriteRequest): Promise<void> {
  const { plan, exchange, sink } = call;
  const lease = await othersLease(call).catch((error: unknown) => withoutLedger(call, error));
  if (lease !== null) return complain(call, lease);
  const since = plan.ports.monotonicMs();
  const taken = await takeAnswer(plan.next, derivedExchange(exchange, { body: request.held.body, sentOnce: true }), { maxBytes: plan.maxBodyBytes, overflow: sink });
  exchange.step("write", since);
  const result = resultOf(taken, plan.isStale);
  switch (result.kind) {
    case "not-sent":
      return taken.kind === "fault" ? sink.fault(taken.refusal) : undefined;
    case "lost":
      return complain(call, complaintOfRow("responseLost"));
    case "conflict": {
      const looked = { call, current: null, state: null, bypassed: false };
      const after = await afterUpstreamConflict(looked, { request, answer: result.answer, given: undefined, made: 1, mayRepeat: false });
      return after.kind === "answer" ? after.answer() : undefined;
    }
    case "refused":
    case "applied":
      return result.answer === null ? undefined : answerPlainly(withoutForeignTag(plan, result.answer), sink);
  }
}

/** No lease is known while the ledger is down; only a route that fails open goes on all the same. */
function withoutLedger({ plan }: GuardedCall, error: unknown): null {
  if (error instanceof LedgerUnavailableError && plan.settings.ledgerDown === "pass") return null;
  throw error;
}
