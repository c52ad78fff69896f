/**
 * What a stream is billed for that ended before its provider counted it, because somebody went away or it broke: what was
 * said at least, estimated where the provider had not told, and the record says so.
 */
import { RefusalError } from "../../exchange/answer.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { Usage } from "../conversation/answer.ts";
import { estimateInputTokens, tokensOf } from "./estimate.ts";

/** `known` is what the provider had told so far; `saidTokens` what the caller got. */
export function usageOfCut(call: AiCall, known: Usage | undefined, saidTokens: number): Usage {
  const { record } = call.exchange;
  record.warnings = [...(record.warnings ?? []), `estimated usage: the answer was cut before its tokens were counted; ${known?.inputTokens ? "output" : "input and output"} from what was said`];
  return { ...known, inputTokens: known?.inputTokens || inputTokens(call), outputTokens: Math.max(known?.outputTokens ?? 0, saidTokens) };
}

function inputTokens(call: AiCall): number {
  try {
    return estimateInputTokens(call.conversation);
  } catch (error) {
    // The provider understood what this gateway does not.
    if (error instanceof RefusalError) return tokensOf(call.body.length);
    throw error;
  }
}
