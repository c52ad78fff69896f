// Hot path: every chunk of a passed-through responses stream. Deltas, which are nearly all, go on without being looked into.
/** A responses stream on its way through: id, usage, status and errors are read in passing, the model is named as asked. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { CallerError } from "../../conversation/dialect.ts";
import { asNumber, asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { PassThroughOptions, PassThroughStream } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { eventData, lookSound, splitEvents, WholeEvents } from "../../framing/whole-events.ts";
import { sseText } from "../../framing/sse-writer.ts";
import { splice, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { errorOfFailedResponse, errorOfEvent } from "./stream-error.ts";
import { errorFrame } from "./error-frame.ts";
import { parseFinish } from "./finish-reason.ts";
import { parseUsage } from "./usage.ts";

/** Events that hold the whole response, or an error. */
const marks = ["created", "queued", "in_progress", "completed", "incomplete", "failed"].map((name) => Buffer.from(`"response.${name}"`)).concat(Buffer.from('"error"'));
const empty: Buffer = Buffer.alloc(0);
const maxEventBytes = 32 * 1024 * 1024;

export class ResponsesPassThroughStream implements PassThroughStream {
  readonly #rename: string | null;
  readonly #onAnswerId: ((id: string) => void) | undefined;
  readonly #onAnswerFailed: (() => void) | undefined;
  readonly #events = new WholeEvents();
  #calledTools = false;
  /** The last bytes given on, which tell the number of the last event. */
  #last: Buffer = empty;
  #failed: Buffer | null = null;
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;

  constructor({ rename, onAnswerId, onAnswerFailed }: PassThroughOptions) {
    this.#rename = rename === null ? null : JSON.stringify(rename);
    this.#onAnswerId = onAnswerId;
    this.#onAnswerFailed = onAnswerFailed;
  }

  push(chunk: Buffer): Buffer {
    if (this.error || this.ended) return empty;
    const whole = this.#events.push(chunk);
    if (this.#events.heldBytes > maxEventBytes) this.error = brokenAnswer("an event of the provider's stream is too long");
    if (whole.length === 0) return whole;
    const passed = this.hasContent && !marks.some((mark) => whole.includes(mark)) && lookSound(whole) ? whole : this.#eachEvent(whole);
    if (passed.length > 0) this.#last = passed;
    this.#calledTools ||= whole.includes('"function_call"');
    return passed;
  }

  finish(): Buffer {
    const held = this.#events.rest();
    return held.length === 0 || this.error || this.ended ? empty : this.#eachEvent(held);
  }

  /** The provider's own event of its failure, where it sent one. */
  fail(error: CallerError): Buffer {
    if (this.#failed) return this.#failed;
    const number = /"sequence_number":\s*(\d+)(?![\s\S]*"sequence_number":\s*\d)/.exec(this.#last.toString("latin1"))?.[1];
    return Buffer.from(sseText([errorFrame(error, number === undefined ? 0 : Number(number) + 1)]));
  }

  #eachEvent(bytes: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (const event of splitEvents(bytes)) {
      if (this.error || this.ended) break;
      const passed = this.#event(event);
      if (passed) pieces.push(passed);
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  #event(bytes: Buffer): Buffer | null {
    const data = eventData(bytes);
    if (data === null || data === "[DONE]") return bytes;
    const event = tryParseJson(data);
    if (isObject(event)) return this.#read(event, bytes);
    this.error = brokenAnswer("an event of the provider's stream is not JSON", data.slice(0, 500));
    return null;
  }

  #read(event: JsonObject, bytes: Buffer): Buffer | null {
    const type = asText(event["type"]) ?? "";
    const response = asObject(event["response"]);
    if (type === "error" || type === "response.failed" || (type === "" && event["error"])) {
      this.error = response ? errorOfFailedResponse(response) : errorOfEvent(event);
      this.usage = parseUsage(response?.["usage"], response?.["service_tier"]) ?? this.usage;
      if (type === "response.failed") {
        this.#failed = this.#rename === null ? bytes : renamed(bytes, this.#rename);
        this.#onAnswerFailed?.();
      }
      return null;
    }
    if (!response) {
      this.hasContent = true;
      this.#calledTools ||= asNumber(event["output_index"]) !== undefined && bytes.includes('"function_call"');
      return bytes;
    }
    const id = asText(response["id"]);
    if (id !== undefined && type === "response.created") this.#onAnswerId?.(id);
    if (type === "response.completed" || type === "response.incomplete") {
      this.usage = parseUsage(response["usage"], response["service_tier"]);
      this.finishReason = parseFinish(response, this.#calledTools);
      this.ended = true;
    }
    return this.#rename === null ? bytes : renamed(bytes, this.#rename);
  }
}

function renamed(bytes: Buffer, modelJson: string): Buffer {
  const response = topLevelMembers(bytes, ["response"], bytes.indexOf("data:") + 5)?.members["response"];
  const model = response && topLevelMembers(bytes, ["model"], response.valueStart)?.members["model"];
  return model ? splice(bytes, [{ start: model.valueStart, end: model.valueEnd, text: modelJson }]) : bytes;
}
