/**
 * `POST /v1/messages/count_tokens` and its like: counted by the provider where that speaks the dialect; for all others the
 * gateway's own estimate, which says that it is one. Nobody is billed for counting.
 */
import type { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { planPassed } from "../calls/plan-passing.ts";
import type { Passed } from "../calls/plan-passing.ts";
import type { JsonObject } from "../conversation/json.ts";
import { warningHeader } from "../conversation/translation-notes.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import { anthropicMessagesCaller, anthropicMessagesProvider } from "../dialects/anthropic-messages/dialect.ts";
import { parseCountedMessages } from "../dialects/anthropic-messages/parse-request.ts";
import { replaceModel } from "../raw-json/replace-model.ts";
import { estimateInputTokens } from "../record/estimate.ts";

const warning = warningHeader({ kind: "changed", parameter: "input_tokens", reason: "an estimate of the gateway's: this model's provider does not count for this API" });

export function countTokens(passed: Passed, write: (tokens: number) => JsonObject): Operation {
  return {
    isFree: true,
    plan: (call, target, dialect) => planPassed(call, target, { dialect, passed }),
    isInside: (dialect) => dialect.name !== passed.dialect,
    inside(call, _target, settled) {
      const value = write(estimateInputTokens(call.conversation));
      settled(null);
      answerEstimate(call, value);
      return null;
    },
  };
}

function answerEstimate(call: AiCall, value: JsonObject): void {
  const body = Buffer.from(JSON.stringify(value));
  call.exchange.record.warnings = ["changed input_tokens: an estimate of the gateway's"];
  call.sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length), "Parley-Warning", warning]);
  call.sink.data(body);
  call.sink.end();
}

/** As callers of messages, but for what an answer would need. */
export const countingCaller: CallerDialect = { ...anthropicMessagesCaller, parseRequest: parseCountedMessages };

export function countMessageTokens(): Operation {
  const { name, passThrough } = anthropicMessagesProvider;
  const passed: Passed = {
    title: "count_tokens",
    dialect: name,
    fields: { requestFields: passThrough?.requestFields ?? new Set(), requiredFields: passThrough?.requiredFields ?? [] },
    path: () => "/v1/messages/count_tokens",
    body: (call, target) => replaceModel(call.body, call.head, { model: target.model }),
    usage: () => undefined,
  };
  return countTokens(passed, (tokens) => ({ input_tokens: tokens }));
}
