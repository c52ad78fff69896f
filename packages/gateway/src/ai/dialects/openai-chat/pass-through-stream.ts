// Hot path: every chunk of a passed-through stream (benchmark: ai-stream). Whole events go on as the bytes that they came as.
/**
 * A chat completions stream on its way through. Bytes are given on in whole events, so that the usage chunk which the
 * gateway asked for can be kept back, and a torn event is never sent. Only events that matter are parsed: the first ones
 * up to the first content, and those with usage or an error; all where several answers were asked for, each of which has its own end.
 */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import { asNumber, asObject, asObjects, asText, isList, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { PassThroughOptions, PassThroughStream } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { eventData, lookSound, splitEvents, WholeEvents } from "../../framing/whole-events.ts";
import { splice, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { choicesAsked } from "./choices-asked.ts";
import { failureOf, parseEmbeddedError } from "./errors.ts";
import { finishReasonIn, valueAfter } from "./finish-reason-in.ts";
import { parseChunkUsage } from "./usage.ts";

const usageKey = Buffer.from('"usage"');
/** Errors of OpenAI and of servers like it, of FastAPI, and MiniMax's: without the quote before them, at which a search would stop all the time. */
const failureKeys = ['error"', 'detail"', 'base_resp"'].map((key) => Buffer.from(key));
const done = Buffer.from("[DONE]");
const modelName = ["model"];
const empty = Buffer.alloc(0);
const maxEventBytes = 32 * 1024 * 1024;

export class ChatPassThroughStream implements PassThroughStream {
  readonly #rename: string | null;
  readonly #includeUsage: boolean;
  readonly #choicesAsked: number;
  /** Indexes of the answers that gave their reason; kept where several were asked for. */
  readonly #finished = new Set<number>();
  readonly #events = new WholeEvents();
  #started = false;
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;

  constructor(options: PassThroughOptions) {
    this.#rename = options.rename === null ? null : JSON.stringify(options.rename);
    this.#includeUsage = options.includeUsage;
    this.#choicesAsked = choicesAsked(options.head ?? {});
  }

  push(chunk: Buffer): Buffer {
    if (this.error || this.ended) return empty;
    const whole = this.#events.push(chunk);
    if (this.#events.heldBytes > maxEventBytes) this.error = brokenAnswer("an event of the provider's stream is too long");
    return whole.length === 0 || this.#isPlain(whole) ? whole : this.#eachEvent(whole);
  }

  finish(): Buffer {
    const held = this.#events.rest();
    const rest = held.length === 0 || this.error || this.ended ? empty : this.#eachEvent(held);
    // Some servers leave [DONE] out: with all their reasons the answers are complete.
    if (!this.error && this.finishReason !== undefined && (!this.#hasSeveral || this.#finished.size >= this.#choicesAsked)) this.ended = true;
    return rest;
  }

  get #hasSeveral(): boolean {
    return this.#choicesAsked > 1;
  }

  /** Content chunks in the midst of a stream, which are nearly all, need nothing done. */
  #isPlain(bytes: Buffer): boolean {
    if (!this.hasContent || this.#rename !== null || this.#hasSeveral) return false;
    if (bytes.includes(done) || mayFail(bytes) || hasUsage(bytes) || !lookSound(bytes)) return false;
    this.finishReason ??= finishReasonIn(bytes);
    return true;
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

  /** The event as it is to be sent on; null to keep it back. */
  #event(bytes: Buffer): Buffer | null {
    const data = bytes.indexOf("data:");
    if (data === -1) return bytes;
    if (isDone(bytes, data + 5)) {
      if (!this.#started) this.error = brokenAnswer("the provider's stream ended before it began");
      else this.ended = true;
      return this.error ? null : bytes;
    }
    this.finishReason ??= finishReasonIn(bytes);
    if (!this.hasContent || this.#hasSeveral || hasUsage(bytes) || mayFail(bytes) || !lookSound(bytes)) {
      if (!this.#read(tryParseJson(eventData(bytes) ?? ""), bytes)) return null;
    }
    return this.#rename === null ? bytes : renamed(bytes, data + 5, this.#rename);
  }

  /** False where the event is kept back. */
  #read(chunk: ReturnType<typeof tryParseJson>, bytes: Buffer): boolean {
    if (!isObject(chunk)) {
      this.error = brokenAnswer("an event of the provider's stream is not JSON", bytes.toString("utf8", 0, 500));
      return false;
    }
    const failed = failureOf(chunk);
    if (failed) {
      this.error = parseEmbeddedError(failed);
      return false;
    }
    this.#started = true;
    this.hasContent ||= chunkHasContent(chunk);
    if (this.#hasSeveral) for (const choice of asObjects(chunk["choices"])) if (asText(choice["finish_reason"])) this.#finished.add(asNumber(choice["index"]) ?? 0);
    const usage = parseChunkUsage(chunk);
    if (!usage) return true;
    this.usage = usage;
    return this.#includeUsage || !isList(chunk["choices"]) || chunk["choices"].length > 0;
  }
}

function chunkHasContent(chunk: JsonObject): boolean {
  return asObjects(chunk["choices"]).some((choice) => {
    // The older completions have their text beside the index.
    if (choice["finish_reason"] || choice["text"]) return true;
    const delta = asObject(choice["delta"]) ?? {};
    return Object.entries(delta).some(([name, value]) => name !== "role" && value !== null && value !== "" && !(isList(value) && value.length === 0));
  });
}

/** Inside of a string the quotes would be escaped. */
function mayFail(bytes: Buffer): boolean {
  for (const key of failureKeys) if (bytes.includes(key)) return true;
  return false;
}

/** `"usage":null` is in every chunk of some providers and says nothing. */
function hasUsage(bytes: Buffer): boolean {
  let at = bytes.indexOf(usageKey);
  while (at !== -1) {
    if (bytes[valueAfter(bytes, at + usageKey.length)] === 0x7b) return true;
    at = bytes.indexOf(usageKey, at + usageKey.length);
  }
  return false;
}

function isDone(bytes: Buffer, start: number): boolean {
  return bytes.toString("latin1", start, start + 8).trim() === "[DONE]";
}

function renamed(bytes: Buffer, start: number, modelJson: string): Buffer {
  const model = topLevelMembers(bytes, modelName, start)?.members["model"];
  return model ? splice(bytes, [{ start: model.valueStart, end: model.valueEnd, text: modelJson }]) : bytes;
}
