// Hot path: once for each AI call of a gateway that keeps answers.
/** Gives an answer again that was given before, or keeps the one that comes. */
import type { AiCache } from "@parley/contract/config/ai-cache";
import { AnswerStore, type KeptAnswer } from "../cache/answer-store.ts";
import { KeepingSink } from "../cache/keeping-sink.ts";
import { hasTools, isStateful, requestKey } from "../cache/request-key.ts";
import type { AiCall } from "../calls/ai-call.ts";
import { noteCost } from "../record/call-notes.ts";
import type { Ask } from "../calls/ask.ts";
import type { ByMeaning } from "./by-meaning.ts";
import { withHead } from "./with-head.ts";

/** Of the answer's fields only what belongs to its content is kept. */
const keptFields = new Set(["content-type", "content-length", "parley-warning"]);

/** `meaning` is null where only the same words count. */
export function cached(settings: NonNullable<AiCache["exact"]>, meaning: ByMeaning | null, ask: Ask): Ask {
  const store = new AnswerStore({ ttlMs: settings.ttl, maxBytes: settings.maxBytes });
  return async (call, targets, operation) => {
    const { exchange } = call;
    const body = call.body.length === 0 || operation.generates !== true ? null : call.judgedBody();
    const wishes = directives(exchange.headers["cache-control"]);
    if (!body || wishes.has("no-store") || isStateful(body) || (!settings.tools && hasTools(body))) {
      exchange.record.cache = "bypass";
      return ask(call.with({ sink: withHead(call.sink, (rawHeaders) => [...rawHeaders, "Parley-Cache", "bypass"]) }), targets, operation);
    }
    const key = requestKey(call, settings.scope);
    const nowMs = call.ports.now();
    const kept = wishes.has("no-cache") ? undefined : store.get(key, nowMs);
    if (kept) return replay(call, { kept, similarity: null, nowMs });
    const looked = meaning ? await meaning(call, { scope: settings.scope, fresh: wishes.has("no-cache") }) : null;
    if (looked?.near) return replay(looked.call, { kept: looked.near.answer, similarity: looked.near.similarity, nowMs });
    exchange.record.cache = "miss";
    const keep = (answer: KeptAnswer): void => {
      store.put(key, answer);
      looked?.keep?.(key, answer);
    };
    return ask((looked?.call ?? call).with({ sink: keepingSink(call, store.largestBytes, keep) }), targets, operation);
  };
}

function keepingSink(call: AiCall, maxBytes: number, keep: (answer: KeptAnswer) => void): KeepingSink {
  const { record } = call.exchange;
  return new KeepingSink(call.sink, {
    maxBytes,
    complete: (copy) => {
      if (record.error !== undefined || record.cutBy !== undefined) return;
      const answer: KeptAnswer = { ...copy, rawHeaders: contentFields(copy.rawHeaders), keptAt: call.ports.now(), provider: record.provider, model: record.model, finishReason: record.finishReason };
      const allowed = call.guard?.allowed;
      if (allowed) void allowed.then((isAllowed) => isAllowed && keep(answer));
      else keep(answer);
    },
  });
}

interface Replayed {
  kept: KeptAnswer;
  /** Null for the same words. */
  similarity: number | null;
  nowMs: number;
}

/** A stream comes as a stream, in its pieces, as fast as the client takes them. */
function replay(call: AiCall, { kept, similarity, nowMs }: Replayed): Promise<void> {
  const { exchange, sink } = call;
  const { record } = exchange;
  Object.assign(record, { cache: "hit", dialectOut: "cache", ...(similarity !== null && { cacheSimilarity: similarity }) });
  noteCost(call, call.besidesNanoUsd);
  if (kept.provider !== undefined) record.provider = kept.provider;
  if (kept.model !== undefined) record.model = kept.model;
  if (kept.finishReason !== undefined) record.finishReason = kept.finishReason;
  const streaming = call.stream ? ["Cache-Control", "no-cache", "X-Accel-Buffering", "no"] : [];
  sink.head(200, [...kept.rawHeaders, ...streaming, "Parley-Cache", similarity === null ? "hit" : `hit;kind=semantic;similarity=${similarity.toFixed(3)}`, "Age", String(Math.max(0, Math.floor((nowMs - kept.keptAt) / 1000)))]);
  return new Promise((resolve) => {
    let at = 0;
    exchange.onClientGone(resolve);
    const write = (): void => {
      while (at < kept.chunks.length) if (!sink.data(kept.chunks[at++] as Buffer)) return;
      sink.end();
      resolve();
    };
    sink.onDrain(write);
    write();
  });
}

function directives(field: string | undefined): Set<string> {
  return new Set((field ?? "").split(",").map((directive) => directive.trim().toLowerCase()));
}

function contentFields(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (keptFields.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? "");
  }
  return kept;
}
