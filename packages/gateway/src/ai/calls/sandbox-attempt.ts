/** An attempt at the sandbox: no network, the same relay to the caller. */
import { eventsOfAnswer } from "../conversation/answer-events.ts";
import { sseText } from "../framing/sse-writer.ts";
import { guardedAnswer } from "../guardrails/output-guard.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";
import { sandboxAnswer } from "../sandbox/sandbox.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfProvider } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";

export function attemptSandbox(call: AiCall, target: ModelTarget, settled: (failure: CallFailure | null) => CallFailure | null): CallFailure | null {
  const said = sandboxAnswer(call.conversation, target.model, call.decodingContext());
  const answer = call.guard && !("kind" in said) ? guardedAnswer(call.guard, said) : said;
  if ("kind" in answer) return settled(failureOfProvider(answer, target, { fields: [] }));
  noteUsage(call, target, { usage: answer.usage, finishReason: answer.choices[0]?.finish });
  settled(null);
  if (!call.stream) {
    const body = Buffer.from(JSON.stringify(call.caller.writeAnswer(answer, call.encodingContext())));
    call.sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
    call.sink.data(body);
    call.sink.end();
    return null;
  }
  const encoder = call.caller.streamEncoder(call.encodingContext());
  call.sink.head(200, ["Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-cache", "X-Accel-Buffering", "no"]);
  for (const event of eventsOfAnswer(answer, words)) {
    const text = sseText(encoder.step(event));
    // What it sends is no longer than what it got, so that there is no need to wait for a slow reader.
    if (text !== "" && !call.clientGone) call.sink.data(Buffer.from(text));
  }
  call.sink.end();
  return null;
}

function words(text: string): readonly string[] {
  return text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? [];
}
