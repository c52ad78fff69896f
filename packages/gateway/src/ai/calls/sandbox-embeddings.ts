/** `sandbox/embed`: OpenAI's answer to a request for embeddings, from inside the gateway. */
import type { EmbeddingRequest } from "../conversation/embeddings.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";
import { sandboxEmbedding } from "../sandbox/sandbox-embedding.ts";
import { countTokens } from "../sandbox/token-count.ts";
import type { AiCall } from "./ai-call.ts";
import { failureOfProvider } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";
import { errorKindOfStatus } from "../conversation/provider-error.ts";

interface Parts {
  request: EmbeddingRequest;
  write: (vectors: readonly (readonly number[])[], inputTokens: number) => Buffer;
  settled: (failure: CallFailure | null) => CallFailure | null;
}

export function attemptSandboxEmbeddings(call: AiCall, target: ModelTarget, { request, write, settled }: Parts): CallFailure | null {
  if (target.model !== "embed") {
    const message = `the sandbox has the model embed for embeddings; it has no ${target.model}`;
    return settled(failureOfProvider({ kind: errorKindOfStatus(404), status: 404, message, raw: { error: { message, type: "sandbox_error", param: null, code: null } } }, target, { fields: [] }));
  }
  const inputTokens = request.inputs.reduce((sum, text) => sum + countTokens(text), 0);
  const body = write(request.inputs.map(sandboxEmbedding), inputTokens);
  noteUsage(call, target, { usage: { inputTokens, outputTokens: 0 }, finishReason: undefined });
  settled(null);
  call.sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
  call.sink.data(body);
  call.sink.end();
  return null;
}
