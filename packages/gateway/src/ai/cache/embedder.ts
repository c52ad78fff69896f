// Hot path: once for each call that a semantic cache compares.
/**
 * Texts as vectors: a call of the embeddings model in the name of the call that wants it, with that call's budgets. Where
 * it fails, or takes too long, there is no vector, and nothing else comes of it.
 */
import { derivedExchange, throwawayRecord, bodyOf } from "../../exchange/derived-exchange.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { AiCall } from "../calls/ai-call.ts";
import { asNumber, asObject, isList, tryParseJson } from "../conversation/json.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import { embeddings } from "../endpoints/embeddings.ts";
import type { AiPorts } from "../endpoints-contract.ts";
import type { Ask } from "../calls/ask.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import type { PriceBook } from "../record/cost.ts";

export interface EmbedderParts {
  /** provider/model. */
  model: string;
  timeoutMs: number;
  directory: ModelDirectory;
  prices: PriceBook;
  ports: AiPorts;
  /** Asks with what the caller's budgets allow. */
  ask: Ask;
}

export interface Embedded {
  /** Of the length 1; null where there is none. */
  readonly vector: Float32Array | null;
  readonly costNanoUsd: number;
  /** Why there is no vector. */
  readonly problem?: string;
}

/** The largest embeddings have some 4,000 numbers of 20 characters. */
const maxAnswerBytes = 512 * 1024;
/** A provider that failed so often is left alone for a while: each call would wait for it. */
const failuresInARow = 3;
const restMs = 5000;

export class Embedder {
  readonly #parts: EmbedderParts;
  readonly #operation = embeddings();
  #failures = 0;
  #restsUntil = 0;

  constructor(parts: EmbedderParts) {
    this.#parts = parts;
  }

  async embed(call: AiCall, text: string): Promise<Embedded> {
    const { ports, model } = this.#parts;
    const nowMs = ports.now();
    if (nowMs < this.#restsUntil) return { vector: null, costNanoUsd: 0, problem: `${model} failed ${failuresInARow} times in a row and is not asked for some seconds` };
    const since = performance.now();
    const embedded = await this.#ask(call, text);
    call.exchange.step("embedding", since);
    this.#failures = embedded.vector ? 0 : this.#failures + 1;
    if (this.#failures === failuresInARow) ports.warn(`the semantic cache does without ${model} for a while: ${embedded.problem ?? ""}`, { model });
    if (this.#failures >= failuresInARow) {
      this.#restsUntil = nowMs + restMs;
      this.#failures = failuresInARow - 1;
    }
    return embedded;
  }

  async #ask(call: AiCall, text: string): Promise<Embedded> {
    const { model, timeoutMs, directory, prices, ports, ask } = this.#parts;
    const parsed = { model, input: [text], encoding_format: "float" };
    const bytes = Buffer.from(JSON.stringify(parsed));
    const inner = innerExchange(call.exchange, bytes);
    const sink = new CollectingSink();
    const asked = new AiCall({ exchange: inner.exchange, sink, caller: openAiChatCaller, body: { bytes, head: parsed, parsed }, model, stream: false, includeUsage: false, ports, prices });
    const timer = setTimeout(() => inner.abort(), timeoutMs);
    try {
      await ask(asked, await directory.resolve(model), this.#operation);
    } catch (error) {
      sink.problem ??= error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
      inner.end();
    }
    const { record } = inner.exchange;
    const vector = sink.vector();
    const costNanoUsd = record.costNanoUsd ?? 0;
    return vector ? { vector, costNanoUsd } : { vector: null, costNanoUsd, problem: record.errorDetail ?? sink.problem ?? `${model} gave no vector within ${timeoutMs} ms` };
  }
}

/** The same caller and trace; a record, an end and a going away of its own. */
function innerExchange(exchange: Exchange, bytes: Buffer): { exchange: Exchange; abort(): void; end(): void } {
  const gone: (() => void)[] = [];
  const ended: (() => void)[] = [];
  const call = (callbacks: (() => void)[]): void => {
    for (const callback of callbacks.splice(0)) callback();
  };
  exchange.onClientGone(() => call(gone));
  const inner = derivedExchange(exchange, {
    id: `${exchange.id}-embedding`, record: throwawayRecord(exchange), body: bodyOf(bytes), answerFields: [],
    onClientGone: (callback) => void gone.push(callback), onEnded: (callback) => void ended.push(callback), step: () => {}, enter: () => {},
  });
  return { exchange: inner, abort: () => call(gone), end: () => call(ended) };
}

class CollectingSink implements AnswerSink {
  #status = 0;
  #chunks: Buffer[] = [];
  #bytes = 0;
  problem: string | undefined;

  head(status: number): void {
    this.#status = status;
  }

  data(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes <= maxAnswerBytes) this.#chunks.push(chunk);
    return true;
  }

  end(): void {}

  fault(refusal: { detail: string }): void {
    this.problem = refusal.detail;
  }

  onDrain(): void {}

  vector(): Float32Array | null {
    if (this.#status !== 200 || this.#bytes > maxAnswerBytes) return null;
    const data = asObject(tryParseJson(Buffer.concat(this.#chunks).toString("utf8")))?.["data"];
    const numbers = isList(data) ? asObject(data[0])?.["embedding"] : undefined;
    return isList(numbers) ? unit(numbers.map((value) => asNumber(value) ?? Number.NaN)) : null;
  }
}

/** Null for what has no direction. */
function unit(numbers: readonly number[]): Float32Array | null {
  const length = Math.hypot(...numbers);
  return length > 0 && Number.isFinite(length) ? Float32Array.from(numbers, (value) => value / length) : null;
}
