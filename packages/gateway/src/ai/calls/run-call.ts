// Hot path: once for each AI call.
/** Asks the targets in their order until one answers; the last failure is the caller's answer. */
import { RefusalError } from "../../exchange/answer.ts";
import { isWhole } from "../../upstreams/body-pieces.ts";
import type { Refusal } from "@parley/contract/problems/problem";
import type { CallAttempt } from "@parley/contract/call-record";
import type { ProviderKey } from "../keys/provider-key.ts";
import type { UrlMedia } from "../media/url-media.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { dialectTowards } from "../models/provider-account.ts";
import { noteAttempt, noteFailure, noteTarget } from "../record/call-notes.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfRefusal, keyOutcomeOf } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import type { Operation } from "./operation.ts";
import { passingAs } from "./plan-attempt.ts";
import { ProviderAttempt } from "./provider-attempt.ts";
import type { AttemptPlan } from "./provider-attempt.ts";

interface Current {
  attempt: ProviderAttempt | null;
  /** A body that is passed on while it comes is there once. */
  isRepeatable: boolean;
  readonly log: CallAttempt[];
}

/** Without anything before them. Resolves when the call is over; rejects with a `RefusalError` for what the caller did wrong. */
export async function askTargets(call: AiCall, targets: readonly ModelTarget[], operation: Operation): Promise<void> {
  const current: Current = { attempt: null, isRepeatable: true, log: [] };
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

/** With one key after another, while a key is what failed and there are others. */
async function attemptTarget(call: AiCall, target: ModelTarget, places: Places): Promise<CallFailure | null> {
  if (target.keyName !== undefined) return attemptWithOwnKey(call, { target, name: target.keyName }, places);
  const { keys } = target.account;
  const tried = keys.size > 1 ? new Set<ProviderKey>() : undefined;
  let told: CallFailure | null = null;
  for (;;) {
    const key = keys.take(call.ports.now(), target.model, tried);
    const failure = await attemptWithKey(call, { target, key }, places);
    if (failure === null) target.answered?.();
    if (!key) return failure;
    if (failure === null) {
      keys.succeeded(key, target.model);
      return null;
    }
    // That one key is wrong matters less than how long the others have to wait.
    if (told === null || failure.error.code !== "provider-unauthorized") told = failure;
    const mayGoOn = keys.failed(key, keyOutcomeOf(failure, target), call.ports.now()) && tried !== undefined && tried.size + 1 < keys.size;
    if (!mayGoOn || !places.current.isRepeatable || call.clientGone) return told;
    tried.add(key);
  }
}

/** What was made with one key is not there for any other. */
async function attemptWithOwnKey(call: AiCall, { target, name }: { target: ModelTarget; name: string }, places: Places): Promise<CallFailure | null> {
  const { keys } = target.account;
  const key = keys.named(name);
  if (!key) return failureOfRefusal({ code: "provider-key-gone", detail: `what is asked for was made with the key ${name} of the provider ${target.account.name}, which it no longer has` });
  const failure = await attemptWithKey(call, { target, key }, places);
  if (failure === null) {
    target.answered?.();
    keys.succeeded(key, target.model);
  } else keys.failed(key, keyOutcomeOf(failure, target), call.ports.now());
  return failure;
}

interface Places {
  current: Current;
  operation: Operation;
}

function attemptWithKey(call: AiCall, { target, key }: { target: ModelTarget; key: ProviderKey | null }, { current, operation }: Places): Promise<CallFailure | null> | CallFailure | null {
  const startedAt = performance.now();
  const dialect = dialectTowards(target.account, call.caller.name, target.model);
  noteTarget(call, target, dialect);
  const settled = (failure: CallFailure | null): CallFailure | null => {
    noteAttempt(call, current.log, { target, startedAt, failure });
    return failure;
  };
  const refused = (error: unknown): CallFailure | null => {
    const failure = failureOfRefusal(refusalOf(error));
    return settled({ ...failure, failOver: failure.error.code === "unsupported-parameter" });
  };
  const { unusable } = target.account;
  if (unusable) return settled(failureOfRefusal(unusable));
  try {
    if (dialect === null || operation.isInside?.(dialect)) return operation.inside(call, target, settled);
    call.keyName = key?.name;
    call.changed = null;
    const asking: Asking = { call, current, key, settled, plan: () => operation.plan(call, target, dialect) };
    if (!dialect.needsBytes || !operation.generates || !call.ports.media || passingAs(call, target, dialect)) return attempted(asking);
    return withMedia(asking, call.ports.media).catch(refused);
  } catch (error) {
    return refused(error);
  }
}

interface Asking {
  readonly call: AiCall;
  readonly current: Current;
  readonly key: ProviderKey | null;
  readonly settled: (failure: CallFailure | null) => CallFailure | null;
  readonly plan: () => AttemptPlan;
}

async function withMedia(asking: Asking, media: UrlMedia): Promise<CallFailure | null> {
  const { call } = asking;
  const fetched = await media.fetched(call.conversation);
  // Without addresses the caller's own bytes still hold.
  if (fetched !== call.conversation) call.changed = fetched;
  return attempted(asking);
}

/** Throws what the plan does. */
function attempted({ current, key, settled, plan: planned }: Asking): Promise<CallFailure | null> {
  const plan = planned();
  current.isRepeatable = plan.request.body === null || isWhole(plan.request.body);
  const { promise, resolve } = Promise.withResolvers<CallFailure | null>();
  current.attempt = new ProviderAttempt(plan, key, (failure) => resolve(settled(failure)));
  current.attempt.start();
  return promise;
}

/** Nesting that exhausts the stack is the caller's doing. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  if (error instanceof RangeError) return { code: "invalid-request", detail: "the body is nested too deeply" };
  throw error;
}

/** A failure that the provider's own body tells best goes on as it came; any other is written in the caller's dialect. */
export function answerFailure(call: AiCall, failure: CallFailure): void {
  noteFailure(call, failure);
  const body = failure.body ?? Buffer.from(JSON.stringify(call.caller.writeError({ ...failure.error, callId: call.exchange.id })));
  call.sink.head(failure.error.status, ["Content-Type", "application/json", "Content-Length", String(body.length), "Cache-Control", "no-store", ...failure.fields]);
  call.sink.data(body);
  call.sink.end();
}
