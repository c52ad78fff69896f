/**
 * `POST /v1/embeddings`: to OpenAI and what is compatible with its bytes, to others by their codecs. The answer's vectors
 * are lists or base64 as the caller asked; OpenAI's own client asks for base64. Callers of other APIs have a form of their
 * own, and are translated to every provider.
 */
import type { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { outgoing } from "../calls/outgoing-request.ts";
import type { AttemptPlan } from "../calls/provider-attempt.ts";
import { relayFor } from "../calls/relay-for.ts";
import { attemptSandboxEmbeddings } from "../calls/sandbox-embeddings.ts";
import type { ReadAnswer } from "../calls/whole-relay.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import type { EmbeddingAnswer, EmbeddingCodec, EmbeddingRequest } from "../conversation/embeddings.ts";
import { isList, tryParseJson } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import { optionalInteger, optionalText, refuseParameter, wrongType } from "../conversation/parameters.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { TranslationNotes, warningFields } from "../conversation/translation-notes.ts";
import { openAiEmbeddings } from "../dialects/openai-chat/embeddings.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteWarnings } from "../record/call-notes.ts";
import { openAiOperation } from "./openai-operations.ts";

/** How an API's callers ask for embeddings, and are answered. */
export interface EmbeddingForm {
  /** Of a request; what it has besides is left out, and named. Absent where the form is that of providers that take more. */
  readonly members?: ReadonlySet<string>;
  parse(body: JsonObject): EmbeddingRequest;
  write(call: AiCall, answer: EmbeddingAnswer): JsonObject;
}

export function embeddings(form?: EmbeddingForm): Operation {
  const passing = openAiOperation("embeddings");
  const own: EmbeddingForm = form ?? { parse: parseRequest, write: writeAnswer };
  return {
    plan(call, target, dialect) {
      const codec = dialect.embeddings ?? (form && dialect.name === "openai-chat" ? openAiEmbeddings : undefined);
      return codec ? planTranslated(call, target, { codec, dialect, form: own }) : passing.plan(call, target, dialect);
    },
    inside: (call, target, settled) =>
      attemptSandboxEmbeddings(call, target, {
        request: own.parse(call.requestBody()),
        write: (vectors, inputTokens) => Buffer.from(JSON.stringify(own.write(call, { vectors, inputTokens }))),
        settled,
      }),
  };
}

interface Translation {
  readonly codec: EmbeddingCodec;
  readonly dialect: ProviderDialect;
  readonly form: EmbeddingForm;
}

function planTranslated(call: AiCall, target: ModelTarget, { codec, dialect, form }: Translation): AttemptPlan {
  const asked = form.parse(call.requestBody());
  const notes = unsaid(call.requestBody(), form);
  noteWarnings(call, notes);
  const { path, body } = codec.write(asked, target.model);
  const request = outgoing({ call, target, path, fields: [], body: Buffer.from(JSON.stringify(body)) });
  const reading = {
    dialect,
    read: (bytes: Buffer) => readAnswer(call, codec, { bytes, count: asked.inputs.length, form }),
    stage: () => refuseParameter("unsupported-parameter", "stream", "embeddings cannot be streamed"),
    warnings: warningFields(notes),
  };
  return { call, target, request, isSameDialect: false, relay: (attempt, fields) => relayFor(attempt, { call, target, reading }, fields) };
}

function unsaid(body: JsonObject, { members }: EmbeddingForm): TranslationNotes {
  const notes = new TranslationNotes();
  for (const name in body) if (members?.has(name) === false && body[name] !== null) notes.dropped(name, "embeddings of all providers have no place for it");
  return notes;
}

function parseRequest(body: JsonObject): EmbeddingRequest {
  const input = body["input"] ?? null;
  const dimensions = optionalInteger(body, "dimensions");
  if (typeof input === "string") return { inputs: [input], dimensions };
  if (!isList(input) || input.length === 0) return wrongType(input, "input", "a string or a list of strings");
  const inputs = input.map((text) => (typeof text === "string" ? text : refuseParameter("unsupported-parameter", "input", "this model's provider takes text, and no tokens")));
  return { inputs, dimensions };
}

function readAnswer(call: AiCall, codec: EmbeddingCodec, { bytes, count, form }: { bytes: Buffer; count: number; form: EmbeddingForm }): ReadAnswer | ProviderError {
  const parsed = tryParseJson(bytes.toString("utf8"));
  const answer = parsed === undefined ? brokenAnswer("it is not JSON", bytes.toString("utf8", 0, 500)) : codec.parse(parsed);
  if ("kind" in answer) return answer;
  if (answer.vectors.length !== count) return brokenAnswer(`it has ${answer.vectors.length} embeddings for ${count} inputs`);
  const usage = answer.inputTokens === undefined ? undefined : { inputTokens: answer.inputTokens, outputTokens: 0 };
  return { body: Buffer.from(JSON.stringify(form.write(call, answer))), usage, finishReason: undefined };
}

function writeAnswer(call: AiCall, { vectors, inputTokens }: EmbeddingAnswer): JsonObject {
  const isBase64 = optionalText(call.requestBody(), "encoding_format") === "base64";
  const data = vectors.map((vector, index) => ({ object: "embedding", index, embedding: isBase64 ? base64Of(vector) : vector }));
  return { object: "list", data, model: call.model, usage: { prompt_tokens: inputTokens ?? 0, total_tokens: inputTokens ?? 0 } };
}

/** 32-bit floats, the smallest byte first, as OpenAI has them. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
