// Hot path: once for each AI call.
/** Asks the targets in their order until one answers; the last failure is the caller's answer. */
import { RefusalError } from "../../exchange/answer.ts";
import type { CallAttempt } from "@parley/contract/call-record";
import type { ModelTarget } from "../models/model-directory.ts";
import { dialectTowards } from "../models/provider-account.ts";
import { noteAttempt, noteFailure, noteTarget } from "../record/call-notes.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfRefusal } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import type { Operation } from "./operation.ts";
import { ProviderAttempt } from "./provider-attempt.ts";

interface Current {
  attempt: ProviderAttempt | null;
  readonly log: CallAttempt[];
}

/** Resolves when the call is over. Rejects with a `RefusalError` for what the caller did wrong. */
export async function runCall(call: AiCall, targets: readonly ModelTarget[], operation: Operation): Promise<void> {
  const { admission } = call.ports;
  return admission ? admission.run(call, targets, operation) : askTargets(call, targets, operation);
}

/** What comes after admission. */
export async function askTargets(call: AiCall, targets: readonly ModelTarget[], operation: Operation): Promise<void> {
  const current: Current = { attempt: null, log: [] };
  call.exchange.onClientGone(() => {
    call.clientGone = true;
    current.attempt?.abort();
  });
  let told: CallFailure | null = null;
  for (const target of targets) {
    if (call.clientGone) return;
    const failure = await attemptTarget(call, target, { current, operation });
    if (failure === null) return;
    // That one target cannot do what was asked matters less than why another, which could, did not.
    if (told === null || failure.error.code !== "unsupported-parameter") told = failure;
    if (!failure.failOver) break;
  }
  if (told && !call.clientGone) answerFailure(call, told);
}

async function attemptTarget(call: AiCall, target: ModelTarget, { current, operation }: { current: Current; operation: Operation }): Promise<CallFailure | null> {
  const startedAt = performance.now();
  const dialect = dialectTowards(target.account, call.caller.name);
  noteTarget(call, target, dialect);
  const settled = (failure: CallFailure | null): CallFailure | null => {
    noteAttempt(call, current.log, { target, startedAt, failure });
    return failure;
  };
  const { unusable } = target.account;
  if (unusable) return settled(failureOfRefusal(unusable));
  try {
    if (dialect === null || operation.isInside?.(dialect)) return operation.inside(call, target, settled);
    const plan = operation.plan(call, target, dialect);
    return await new Promise((resolve) => {
      current.attempt = new ProviderAttempt(plan, (failure) => resolve(settled(failure)));
      current.attempt.start();
    });
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const failure = failureOfRefusal(error.refusal);
    return settled({ ...failure, failOver: failure.error.code === "unsupported-parameter" });
  }
}

/** A failure that the provider's own body tells best goes on as it came; any other is written in the caller's dialect. */
export function answerFailure(call: AiCall, failure: CallFailure): void {
  noteFailure(call, failure);
  const body = failure.body ?? Buffer.from(JSON.stringify(call.caller.writeError({ ...failure.error, callId: call.exchange.id })));
  call.sink.head(failure.error.status, ["Content-Type", "application/json", "Content-Length", String(body.length), "Cache-Control", "no-store", ...failure.fields]);
  call.sink.data(body);
  call.sink.end();
}
