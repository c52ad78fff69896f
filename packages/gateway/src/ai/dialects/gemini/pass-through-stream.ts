// Hot path: every chunk of a passed-through stream. Only the first events, those with a reason, and the last one are parsed.
/** A streamGenerateContent stream on its way through. It has no closing mark: it is whole where each candidate that began gave its reason. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import { asNumber, asObject, asObjects, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { PassThroughStream } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { eventData, lookSound, splitEvents, WholeEvents } from "../../framing/whole-events.ts";
import { valueAfter } from "../openai-chat/finish-reason-in.ts";
import { errorInside } from "./error.ts";
import { blockedPrompt, finishReason, holdsCall } from "./finish-reason.ts";
import { readUsage } from "./usage.ts";

const marks = ['"finishReason"', '"blockReason"', '"error"'].map((mark) => Buffer.from(mark));
const indexKey = Buffer.from('"index"');
const usageKey = Buffer.from('"usageMetadata"');
const empty: Buffer = Buffer.alloc(0);
const maxEventBytes = 32 * 1024 * 1024;

export class GeminiPassThroughStream implements PassThroughStream {
  readonly #events = new WholeEvents();
  /** The last events with usage, which is cumulative and read when it is asked for. */
  #counted: Buffer | null = null;
  #calledTools = false;
  /** Then all events are parsed. */
  #hasSeveral = false;
  /** Whether it gave its reason, by the candidate's index. */
  readonly #candidates = new Map<number, boolean>();
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  finishReason: FinishReason | undefined;

  get usage(): Usage | undefined {
    const last = this.#counted && splitEvents(this.#counted).findLast((event) => event.includes(usageKey));
    const metadata = last && asObject(asObject(tryParseJson(eventData(last) ?? ""))?.["usageMetadata"]);
    return metadata ? readUsage(metadata) : undefined;
  }

  push(chunk: Buffer): Buffer {
    if (this.error) return empty;
    const whole = this.#events.push(chunk);
    if (this.#events.heldBytes > maxEventBytes) this.error = brokenAnswer("an event of the provider's stream is too long");
    if (whole.length === 0) return whole;
    if (whole.includes(usageKey)) this.#counted = whole;
    this.#calledTools ||= holdsCall(whole);
    this.#hasSeveral ||= namesLater(whole);
    return this.hasContent && !this.#hasSeveral && !marks.some((mark) => whole.includes(mark)) && lookSound(whole) ? whole : this.#eachEvent(whole);
  }

  finish(): Buffer {
    const held = this.#events.rest();
    if (held.includes(usageKey)) this.#counted = held;
    this.#calledTools ||= holdsCall(held);
    const rest = held.length === 0 || this.error ? empty : this.#eachEvent(held);
    if (!this.error && this.finishReason !== undefined && [...this.#candidates.values()].every(Boolean)) this.ended = true;
    return rest;
  }

  #eachEvent(bytes: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (const event of splitEvents(bytes)) {
      if (this.error) break;
      if (this.#read(event)) pieces.push(event);
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  /** False where the event is kept back. */
  #read(bytes: Buffer): boolean {
    const data = eventData(bytes);
    if (data === null) return true;
    const chunk = tryParseJson(data);
    const error = isObject(chunk) ? asObject(chunk["error"]) : undefined;
    if (!isObject(chunk) || error) this.error = error ? errorInside(error, chunk ?? null) : brokenAnswer("an event of the provider's stream is not JSON", data.slice(0, 500));
    else {
      const candidates = asObjects(chunk["candidates"]);
      for (const candidate of candidates) this.#note(candidate);
      const reason = candidates.map((candidate) => asText(candidate["finishReason"])).find((raw) => raw !== undefined);
      const blocked = asText(asObject(chunk["promptFeedback"])?.["blockReason"]);
      if (reason !== undefined) this.finishReason ??= finishReason(reason, this.#calledTools);
      else if (blocked !== undefined) this.finishReason ??= blockedPrompt(blocked);
      this.hasContent ||= this.finishReason !== undefined || candidates.some((candidate) => asObjects(asObject(candidate["content"])?.["parts"]).length > 0);
    }
    return this.error === null;
  }

  #note(candidate: JsonObject): void {
    const index = asNumber(candidate["index"]) ?? 0;
    this.#candidates.set(index, this.#candidates.get(index) === true || asText(candidate["finishReason"]) !== undefined);
  }
}

/** Whether there may be a candidate but the first. */
function namesLater(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(indexKey); at !== -1; at = bytes.indexOf(indexKey, at + indexKey.length)) {
    const digit = bytes[valueAfter(bytes, at + indexKey.length)] ?? 0;
    if (digit > 0x30 && digit <= 0x39) return true;
  }
  return false;
}
