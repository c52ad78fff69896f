// Hot path: once for each AI call.
/** Asks the targets in their order until one answers; the last failure is the caller's answer. */
import { RefusalError } from "../../exchange/answer.ts";
import type { CallAttempt } from "@parley/contract/call-record";
import type { ModelTarget } from "../models/model-directory.ts";
import { noteAttempts, noteFailure, noteTarget } from "../record/call-notes.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfRefusal } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import { planAttempt } from "./plan-attempt.ts";
import { ProviderAttempt } from "./provider-attempt.ts";
import { attemptSandbox } from "./sandbox-attempt.ts";

interface Current {
  attempt: ProviderAttempt | null;
}

/** Resolves when the call is over. Rejects with a `RefusalError` for what the caller did wrong. */
export async function runCall(call: AiCall, targets: readonly ModelTarget[]): Promise<void> {
  const current: Current = { attempt: null };
  call.exchange.onClientGone(() => {
    call.clientGone = true;
    current.attempt?.abort();
  });
  const attempts: CallAttempt[] = [];
  let told: CallFailure | null = null;
  for (const target of targets) {
    if (call.clientGone) return;
    const startedAt = performance.now();
    const failure = await attemptTarget(call, target, current);
    attempts.push(describeAttempt(call, target, { startedAt, failure }));
    if (failure === null) return noteAttempts(call, attempts);
    // That one target cannot do what was asked matters less than why another, which could, did not.
    if (told === null || failure.error.code !== "unsupported-parameter") told = failure;
    if (!failure.failOver) break;
  }
  noteAttempts(call, attempts);
  if (told && !call.clientGone) answerFailure(call, told);
}

async function attemptTarget(call: AiCall, target: ModelTarget, current: Current): Promise<CallFailure | null> {
  const { account } = target;
  noteTarget(call, target);
  if (account.unusable) return failureOfRefusal(account.unusable);
  const { dialect } = account;
  try {
    if (dialect === null) return attemptSandbox(call, target);
    const plan = planAttempt(call, target, dialect);
    return await new Promise((resolve) => {
      current.attempt = new ProviderAttempt(plan, resolve);
      current.attempt.start();
    });
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const failure = failureOfRefusal(error.refusal);
    return { ...failure, failOver: failure.error.code === "unsupported-parameter" };
  }
}

function describeAttempt(call: AiCall, { account, model }: ModelTarget, { startedAt, failure }: { startedAt: number; failure: CallFailure | null }): CallAttempt {
  const attempt: CallAttempt = { target: `${account.name}/${model}`, startMs: startedAt - call.exchange.startedAt, durationMs: performance.now() - startedAt };
  if (failure?.status !== undefined) attempt.status = failure.status;
  if (failure) attempt.failure = failure.word;
  return attempt;
}

/** A failure that the provider's own body tells best goes on as it came; any other is written in the caller's dialect. */
function answerFailure(call: AiCall, failure: CallFailure): void {
  noteFailure(call, failure);
  const body = failure.body ?? Buffer.from(JSON.stringify(call.caller.writeError({ ...failure.error, callId: call.exchange.id })));
  call.sink.head(failure.error.status, ["Content-Type", "application/json", "Content-Length", String(body.length), "Cache-Control", "no-store", ...failure.fields]);
  call.sink.data(body);
  call.sink.end();
}
