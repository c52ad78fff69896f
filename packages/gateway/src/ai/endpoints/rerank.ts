/**
 * `POST /v1/rerank`, as Cohere's first version and Jina have it, and `/v2/rerank`, as Cohere's second: texts in the order of
 * their relevance to a question. Servers of Jina's shape get the bytes; Cohere and Voyage are asked in their own words. The
 * answer has the members of both shapes, since nothing in a request tells which one the caller reads.
 */
import type { AiCall } from "../calls/ai-call.ts";
import { mediaUsage } from "../calls/media-usage.ts";
import type { Operation } from "../calls/operation.ts";
import { outgoing } from "../calls/outgoing-request.ts";
import { planPassed } from "../calls/plan-passing.ts";
import { relayFor } from "../calls/relay-for.ts";
import type { ReadAnswer } from "../calls/whole-relay.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText, isList, tryParseJson } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";
import { optionalBoolean, optionalInteger, optionalList, refuseParameter, requiredText } from "../conversation/parameters.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { openAiChatPassThrough } from "../dialects/openai-chat/pass-through.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { replaceModel } from "../raw-json/replace-model.ts";

/** How a provider of another shape is asked, and where its answer has the results. */
interface Shape {
  readonly path: string;
  readonly results: string;
  /** What it calls the number of results. */
  readonly topName: string;
}

const cohere: Shape = { path: "/v2/rerank", results: "results", topName: "top_n" };
const voyage: Shape = { path: "/rerank", results: "data", topName: "top_k" };

export const reranking: Operation = {
  plan(call, target, dialect) {
    const { account } = target;
    const shape = dialect.name === "cohere-chat" ? cohere : account.kind === "voyage" ? voyage : null;
    if (account.supports && !account.supports.has("rerank")) refuseParameter("unsupported-parameter", "model", `the provider ${account.name} ranks no texts`);
    return shape ? planTranslated(call, target, { shape, dialect }) : planPassed(call, target, { dialect, passed: passedOn });
  },
  inside: () => refuseParameter("unsupported-parameter", "model", "the sandbox ranks no texts"),
};

const passedOn: Parameters<typeof planPassed>[2]["passed"] = {
  title: "rerank", dialect: "openai-chat", fields: openAiChatPassThrough, path: () => "/rerank",
  body: (call, target) => replaceModel(call.body, call.head, { model: target.model }),
  usage: (body) => mediaUsage(asObject(tryParseJson(body.toString("utf8")))?.["usage"]),
};

function planTranslated(call: AiCall, target: ModelTarget, { shape, dialect }: { shape: Shape; dialect: ProviderDialect }): ReturnType<Operation["plan"]> {
  const asked = call.requestBody();
  const documents = (optionalList(asked, "documents") ?? refuseParameter("invalid-request", "documents", "documents is missing; it has to be a list of texts")).map((document, index) => textOf(document, `documents[${index}]`));
  const body = {
    model: target.model, query: requiredText(asked, "query"), documents, [shape.topName]: optionalInteger(asked, "top_n") ?? optionalInteger(asked, "top_k"),
    ...(shape === cohere ? { max_tokens_per_doc: optionalInteger(asked, "max_tokens_per_doc"), priority: optionalInteger(asked, "priority") } : { truncation: optionalBoolean(asked, "truncation") }),
  };
  if (isList(asked["rank_fields"])) refuseParameter("unsupported-parameter", "rank_fields", "this model's provider ranks texts, and no fields of objects");
  const request = outgoing({ call, target, path: shape.path, fields: [], body: Buffer.from(JSON.stringify(body)) });
  const reading = {
    dialect,
    read: (bytes: Buffer) => readRanking(bytes, { call, shape, documents }),
    stage: () => refuseParameter("unsupported-parameter", "stream", "a ranking cannot be streamed"),
    warnings: [],
  };
  return { call, target, dialect, request, isSameDialect: false, relay: (attempt, fields) => relayFor(attempt, { call, target, reading }, fields) };
}

function textOf(document: JsonValue, at: string): string {
  return asText(document) ?? asText(asObject(document)?.["text"]) ?? refuseParameter("unsupported-parameter", at, `${at} has to be a text for this model's provider`);
}

function readRanking(bytes: Buffer, { call, shape, documents }: { call: AiCall; shape: Shape; documents: readonly string[] }): ReadAnswer | ProviderError {
  const answer = asObject(tryParseJson(bytes.toString("utf8")));
  const ranked = answer?.[shape.results];
  if (!answer || !isList(ranked)) return brokenAnswer("it has no results", bytes.toString("utf8", 0, 500));
  const withTexts = optionalBoolean(call.requestBody(), "return_documents") ?? false;
  const results = asObjects(ranked).map((result): JsonObject => {
    const index = asNumber(result["index"]) ?? 0;
    return { index, relevance_score: asNumber(result["relevance_score"]) ?? 0, ...(withTexts && { document: { text: documents[index] ?? "" } }) };
  });
  const usage = mediaUsage(answer["usage"]);
  const written = {
    id: asText(answer["id"]) ?? call.exchange.id, model: call.model, results,
    meta: answer["meta"] ?? { api_version: { version: "2" } },
    ...(usage && { usage: { total_tokens: usage.totalTokens ?? usage.inputTokens } }),
  };
  return { body: Buffer.from(JSON.stringify(written)), usage, finishReason: undefined };
}
