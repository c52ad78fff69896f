// Hot path: every chunk of a passed-through messages stream. Deltas, which are nearly all, go on without being looked into.
/** A messages stream on its way through: usage, stop reason and errors are read in passing, the model is named as asked. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import { asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import type { PassThroughStream } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { eventData, lookSound, splitEvents, WholeEvents } from "../../framing/whole-events.ts";
import { splice, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { parseMessagesError } from "./errors.ts";
import { parseStopReason } from "./finish-reason.ts";
import { parseMessagesUsage } from "./usage.ts";

const marks = ['"message_start"', '"message_delta"', '"message_stop"', '"error"'].map((mark) => Buffer.from(mark));
const empty = Buffer.alloc(0);
const maxEventBytes = 32 * 1024 * 1024;

export class MessagesPassThroughStream implements PassThroughStream {
  readonly #rename: string | null;
  readonly #events = new WholeEvents();
  readonly #usage: JsonDraft = {};
  #started = false;
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;

  constructor(rename: string | null) {
    this.#rename = rename === null ? null : JSON.stringify(rename);
  }

  push(chunk: Buffer): Buffer {
    if (this.error || this.ended) return empty;
    const whole = this.#events.push(chunk);
    if (this.#events.heldBytes > maxEventBytes) this.error = brokenAnswer("an event of the provider's stream is too long");
    if (whole.length === 0 || (this.hasContent && !marks.some((mark) => whole.includes(mark)) && lookSound(whole))) return whole;
    return this.#eachEvent(whole);
  }

  finish(): Buffer {
    const held = this.#events.rest();
    return held.length === 0 || this.error || this.ended ? empty : this.#eachEvent(held);
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
    if (data === null) return bytes;
    const event = tryParseJson(data);
    if (!isObject(event)) {
      this.error = brokenAnswer("an event of the provider's stream is not JSON", data.slice(0, 500));
      return null;
    }
    return this.#read(event, bytes);
  }

  #read(event: JsonObject, bytes: Buffer): Buffer | null {
    const type = asText(event["type"]) ?? "";
    if (type === "error") {
      this.error = parseMessagesError(null, event);
      return null;
    }
    if (type === "message_start") {
      this.#started = true;
      this.#addUsage(asObject(asObject(event["message"])?.["usage"]));
      return this.#rename === null ? bytes : renamed(bytes, this.#rename);
    }
    if (type === "content_block_delta" || type === "content_block_start") this.hasContent = true;
    if (type === "message_delta") this.#readDelta(event);
    if (type === "message_stop") this.#stop();
    return this.error ? null : bytes;
  }

  #readDelta(event: JsonObject): void {
    this.#addUsage(asObject(event["usage"]));
    const delta = asObject(event["delta"]);
    if (delta && asText(delta["stop_reason"]) !== undefined) this.finishReason ??= parseStopReason(delta);
  }

  #stop(): void {
    if (this.#started && this.finishReason !== undefined) this.ended = true;
    else this.error = brokenAnswer("the provider's stream ended without a reason");
  }

  /** Cumulative: later members correct earlier ones. */
  #addUsage(usage: JsonObject | undefined): void {
    if (!usage) return;
    for (const [name, value] of Object.entries(usage)) if (value !== null) this.#usage[name] = value;
    this.usage = parseMessagesUsage(this.#usage);
  }
}

function renamed(bytes: Buffer, modelJson: string): Buffer {
  const message = topLevelMembers(bytes, ["message"], bytes.indexOf("data:") + 5)?.members["message"];
  const model = message && topLevelMembers(bytes, ["model"], message.valueStart)?.members["model"];
  return model ? splice(bytes, [{ start: model.valueStart, end: model.valueEnd, text: modelJson }]) : bytes;
}
