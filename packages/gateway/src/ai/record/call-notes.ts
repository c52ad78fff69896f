// Hot path: once for each call, at its end.
/** What an AI call leaves in its record. */
import type { CallAttempt } from "@parley/contract/call-record";
import type { FinishReason, Usage } from "../conversation/answer.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import type { TranslationNotes } from "../conversation/translation-notes.ts";
import type { ModelTarget } from "../models/model-target.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { CallFailure } from "../calls/call-failure.ts";

const tierMember = Buffer.from('"service_tier"');
/** Its end begins with a letter that is rare: a search for a quote stops at every other word. */
const tierEnding = Buffer.from('_tier"');
const longestScanned = 256 * 1024;

/** `dialect` is null for the sandbox. */
export function noteTarget(call: AiCall, { account, model }: ModelTarget, dialect: ProviderDialect | null): void {
  const { record } = call.exchange;
  if (record.attempts > 0) forgetAttempt(record);
  record.attempts += 1;
  record.provider = account.name;
  if (model !== "") record.model = model;
  record.dialectOut = dialect?.name ?? "sandbox";
  if (account.origin !== "") record.upstream = account.origin;
}

/** What the attempt before left is not true of this one. */
function forgetAttempt(record: AiCall["exchange"]["record"]): void {
  delete record.upstream;
  delete record.upstreamStatus;
  delete record.upstreamMs;
  delete record.providerRequestId;
  delete record.warnings;
}

export function noteWarnings(call: AiCall, notes: TranslationNotes): void {
  if (notes.warnings.length > 0) addWarnings(call, notes.warnings.map((warning) => `${warning.kind} ${warning.parameter}: ${warning.reason}`));
}

export function addWarnings({ exchange: { record } }: Pick<AiCall, "exchange">, warnings: readonly string[]): void {
  record.warnings = [...(record.warnings ?? []), ...warnings];
}

export function noteUsage(call: AiCall, target: ModelTarget, answer: { usage: Usage | undefined; finishReason: FinishReason | undefined }): void {
  const { record } = call.exchange;
  const { usage, finishReason } = answer;
  if (finishReason) record.finishReason = finishReason.raw || finishReason.unified;
  if (!usage) return;
  record.inputTokens = usage.inputTokens;
  record.outputTokens = usage.outputTokens;
  if (usage.cacheReadTokens !== undefined) record.cacheReadTokens = usage.cacheReadTokens;
  if (usage.cacheWriteTokens !== undefined) record.cacheWriteTokens = usage.cacheWriteTokens;
  if (usage.reasoningTokens !== undefined) record.reasoningTokens = usage.reasoningTokens;
  const cost = call.prices.costNanoUsd(target.account, target.model, { usage: usage.serviceTier === undefined ? inAskedTier(call, usage) : usage, nowMs: call.ports.now() });
  if (cost === null) addWarnings(call, [`unpriced model: no price of ${target.account.name}/${target.model} is known, so that the call's cost is not`]);
  noteCost(call, cost === null ? null : cost + call.besidesNanoUsd);
}

/** Servers that do not say in which tier they answered are believed to have done as they were asked. */
function inAskedTier(call: AiCall, usage: Usage): Usage {
  if (call.body.length > longestScanned || !call.body.includes(tierEnding) || !call.body.includes(tierMember)) return usage;
  const asked = call.requestBody()["service_tier"];
  return typeof asked === "string" ? { ...usage, serviceTier: asked } : usage;
}

/** In billionths of a USD; null where it is not known. */
export function noteCost({ exchange: { record } }: Pick<AiCall, "exchange">, nanoUsd: number | null): void {
  if (nanoUsd === null) {
    delete record.costNanoUsd;
    delete record.costUsd;
    return;
  }
  record.costNanoUsd = nanoUsd;
  record.costUsd = nanoUsd / 1_000_000_000;
}

export function noteFailure(call: AiCall, failure: CallFailure, cutBy?: "upstream"): void {
  const { record } = call.exchange;
  record.error = failure.error.code;
  record.errorDetail = failure.error.message.slice(0, 500);
  if (cutBy) record.cutBy = cutBy;
}

/** The log is in the record when there was more than one attempt, or when the last failed. */
export function noteAttempt(call: AiCall, log: CallAttempt[], attempt: { target: ModelTarget; startedAt: number; failure: CallFailure | null }): void {
  // Nearly all calls have one attempt, and that one is in the record's own members.
  if (log.length === 0 && attempt.failure === null) return;
  log.push(described(call, attempt));
  call.exchange.record.attemptLog = log;
}

function described(call: AiCall, { target, startedAt, failure }: { target: ModelTarget; startedAt: number; failure: CallFailure | null }): CallAttempt {
  const attempt: CallAttempt = {
    target: `${target.account.name}/${target.model}`,
    startMs: startedAt - call.exchange.startedAt,
    durationMs: performance.now() - startedAt,
  };
  if (failure?.status !== undefined) attempt.status = failure.status;
  if (failure) attempt.failure = failure.word;
  return attempt;
}
