// Hot path: once for each AI call of a gateway with a semantic cache that has no answer word for word.
/** Finds the answer to a question that means the same, and keeps answers for such questions. */
import type { AiCache } from "@parley/contract/config/ai-cache";
import type { KeptAnswer } from "../cache/answer-store.ts";
import { Embedder } from "../cache/embedder.ts";
import type { EmbedderParts } from "../cache/embedder.ts";
import { questionOf } from "../cache/question.ts";
import { SemanticStore } from "../cache/semantic-store.ts";
import type { NearAnswer } from "../cache/semantic-store.ts";
import type { AiCall } from "../calls/ai-call.ts";
import { addWarnings, noteCost } from "../record/call-notes.ts";

export interface Looked {
  /** The call, which has paid for looking. */
  readonly call: AiCall;
  readonly near: NearAnswer | null;
  /** Keeps the answer that comes instead; null where it cannot be compared. */
  readonly keep: ((key: string, answer: KeptAnswer) => void) | null;
}

export type ByMeaning = (call: AiCall, options: { scope: "consumer" | "shared"; fresh: boolean }) => Promise<Looked>;

export function byMeaning(settings: NonNullable<AiCache["semantic"]>, parts: Omit<EmbedderParts, "model" | "timeoutMs"> & { exactTtlMs: number }): ByMeaning {
  const { model, threshold, maxEntries, maxBytes, ttl, timeout } = settings;
  const store = new SemanticStore({ threshold, maxEntries, maxBytes, ttlMs: ttl ?? parts.exactTtlMs });
  const embedder = new Embedder({ ...parts, model, timeoutMs: timeout });
  return async (call, { scope, fresh }) => {
    const question = questionOf(call, scope);
    if (!question) return { call, near: null, keep: null };
    const { vector, costNanoUsd, problem } = await embedder.embed(call, question.text);
    if (costNanoUsd > 0) noteCost(call, costNanoUsd);
    const paid = costNanoUsd > 0 ? call.with({ besidesNanoUsd: call.besidesNanoUsd + costNanoUsd }) : call;
    if (!vector) {
      addWarnings(call, [`semantic cache: only the same words were looked for, because ${problem ?? "there is no vector"}`]);
      return { call: paid, near: null, keep: null };
    }
    const { group } = question;
    const near = fresh ? null : await store.find(group, vector, call.ports.now());
    return { call: paid, near, keep: (key, answer) => store.put(key, { group, vector, answer }) };
  };
}
