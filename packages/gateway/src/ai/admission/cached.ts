// Hot path: once for each AI call of a gateway that keeps answers.
/** Gives an answer again that was given before, or keeps the one that comes. */
import type { AiCache } from "@parley/contract/config/ai-cache";
import { AnswerStore, type KeptAnswer } from "../cache/answer-store.ts";
import { KeepingSink } from "../cache/keeping-sink.ts";
import { hasTools, isStateful, requestKey } from "../cache/request-key.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { Ask } from "./admission.ts";
import { withHead } from "./with-head.ts";

/** Of the answer's fields only what belongs to its content is kept. */
const keptFields = new Set(["content-type", "content-length", "parley-warning"]);

export function cached(settings: NonNullable<AiCache["exact"]>, ask: Ask): Ask {
  const store = new AnswerStore({ ttlMs: settings.ttl, maxBytes: settings.maxBytes });
  return async (call, targets, operation) => {
    const { exchange } = call;
    const body = call.body.length === 0 || operation.generates !== true ? null : call.requestBody();
    const wishes = directives(exchange.headers["cache-control"]);
    if (!body || wishes.has("no-store") || isStateful(body) || (!settings.tools && hasTools(body))) {
      exchange.record.cache = "bypass";
      return ask(call.with({ sink: withHead(call.sink, (rawHeaders) => [...rawHeaders, "Parley-Cache", "bypass"]) }), targets, operation);
    }
    const key = requestKey(call, settings.scope);
    const nowMs = call.ports.now();
    const kept = wishes.has("no-cache") ? undefined : store.get(key, nowMs);
    if (kept) return replay(call, kept, nowMs);
    exchange.record.cache = "miss";
    const sink = new KeepingSink(call.sink, {
      maxBytes: store.largestBytes,
      complete: (copy) => {
        const { record } = exchange;
        if (record.error !== undefined || record.cutBy !== undefined) return;
        store.put(key, { ...copy, rawHeaders: contentFields(copy.rawHeaders), keptAt: call.ports.now(), provider: record.provider, model: record.model, finishReason: record.finishReason });
      },
    });
    return ask(call.with({ sink }), targets, operation);
  };
}

/** A stream comes as a stream, in its pieces, as fast as the client takes them. */
function replay(call: AiCall, kept: KeptAnswer, nowMs: number): Promise<void> {
  const { exchange, sink } = call;
  const { record } = exchange;
  Object.assign(record, { cache: "hit", costUsd: 0, costNanoUsd: 0, dialectOut: "cache" });
  if (kept.provider !== undefined) record.provider = kept.provider;
  if (kept.model !== undefined) record.model = kept.model;
  if (kept.finishReason !== undefined) record.finishReason = kept.finishReason;
  const streaming = call.stream ? ["Cache-Control", "no-cache", "X-Accel-Buffering", "no"] : [];
  sink.head(200, [...kept.rawHeaders, ...streaming, "Parley-Cache", "hit", "Age", String(Math.max(0, Math.floor((nowMs - kept.keptAt) / 1000)))]);
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
