/** Which endpoint a path means. Everything that does not depend on the call is made once for a snapshot. */
import { anthropicMessagesCaller } from "../dialects/anthropic-messages/dialect.ts";
import { cohereChatCaller } from "../dialects/cohere-chat/caller.ts";
import { ollamaChatCaller, ollamaGenerateCaller } from "../dialects/ollama-chat/caller.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import { openAiResponsesCaller } from "../dialects/openai-responses/dialect.ts";
import type { AiEndpoints, AiMatch } from "../endpoints-contract.ts";
import type { BudgetBook } from "../budgets/budget-book.ts";
import type { ObjectOwners } from "../models/object-owners.ts";
import { BackgroundBills } from "./background-bills.ts";
import { matchBedrock } from "./bedrock.ts";
import { countMessageTokens, countingCaller } from "./count-tokens.ts";
import { deploymentMatcher } from "./deployments.ts";
import { embeddings } from "./embeddings.ts";
import { generate } from "./generate.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { isGeminiCall, matchGemini, plainGeminiCall } from "./gemini.ts";
import { realtime } from "../realtime/realtime.ts";
import { matchKept, matchModelBatch } from "./kept/match-kept.ts";
import { callMedia, mediaPaths } from "./media.ts";
import { getModel, listGeminiModels, listModels } from "./models.ts";
import { ollamaEmbed, ollamaOneEmbedding } from "./ollama-embeddings.ts";
import { listOllamaModels, listRunningModels, refuseManaging, showOllamaModel, tellOllamaRuns, tellOllamaVersion } from "./ollama-models.ts";
import { openAiOperation } from "./openai-operations.ts";
import { responsePinning } from "./pinning.ts";
import { reranking } from "./rerank.ts";
import { responsesOperation } from "./responses-operations.ts";
import { callByModel } from "./pass-by-model.ts";
import { managingPaths } from "./vendor-paths.ts";
import { passStored, storedResponse } from "./stored-responses.ts";

interface Endpoint {
  readonly method: string;
  readonly match: AiMatch;
  /** The gateway's own answer, of which a head alone may be asked for. */
  readonly isLookedUp?: true;
}

const modelPath = "/v1/models/";
const geminiPath = "/v1beta/models/";

export function endpointTable(given: EndpointParts, owners: ObjectOwners, budgets: BudgetBook | null): AiEndpoints["match"] {
  const bills = new BackgroundBills(owners, budgets);
  const parts: EndpointParts = { ...given, owners, bills };
  const { directory } = parts;
  const pinning = responsePinning(owners);
  const matchDeployment = deploymentMatcher(parts);
  const post = (operation: string, handle: AiMatch["handle"]): Endpoint => ({ method: "POST", match: { operation, handle } });
  const fixed = new Map<string, Endpoint>([
    ["/v1/chat/completions", post("chat-completions", generate(openAiChatCaller, parts))],
    ["/v1/messages", post("messages", generate(anthropicMessagesCaller, parts))],
    ["/v1/messages/count_tokens", post("count-tokens", callByModel(countingCaller, parts, { operation: countMessageTokens(), names: { files: true } }))],
    ["/v1/responses", post("responses", generate(openAiResponsesCaller, parts, pinning))],
    ["/v1/responses/compact", post("responses-compact", callByModel(openAiResponsesCaller, parts, { operation: responsesOperation("/responses/compact"), names: { files: true, pinning } }))],
    ["/v1/responses/input_tokens", post("responses-input-tokens", callByModel(openAiResponsesCaller, parts, { operation: responsesOperation("/responses/input_tokens"), names: { files: true, pinning } }))],
    ["/v1/embeddings", post("embeddings", callByModel(openAiChatCaller, parts, { operation: embeddings() }))],
    ["/v1/moderations", post("moderations", callByModel(openAiChatCaller, parts, { operation: openAiOperation("moderations"), without: openAiChatCaller.name }))],
    ["/v1/completions", post("completions", callByModel(openAiChatCaller, parts, { operation: openAiOperation("completions") }))],
    ...mediaPaths.map((media): [string, Endpoint] => [`/v1${media.path}`, post(media.operation, callMedia(media, parts))]),
    ...["/v1/rerank", "/v2/rerank"].map((path): [string, Endpoint] => [path, post("rerank", callByModel(openAiChatCaller, parts, { operation: reranking }))]),
    ["/v2/chat", post("cohere-chat", generate(cohereChatCaller, parts))],
    ["/api/chat", post("ollama-chat", generate(ollamaChatCaller, parts))],
    ["/api/generate", post("ollama-generate", generate(ollamaGenerateCaller, parts))],
    ["/api/embed", post("embeddings", callByModel(ollamaChatCaller, parts, { operation: embeddings(ollamaEmbed) }))],
    ["/api/embeddings", post("embeddings", callByModel(ollamaChatCaller, parts, { operation: embeddings(ollamaOneEmbedding) }))],
    ["/api/ps", { method: "GET", isLookedUp: true, match: { operation: "list-models", handle: listRunningModels } }],
    ["/api/tags", { method: "GET", isLookedUp: true, match: { operation: "list-models", handle: listOllamaModels(directory) } }],
    ["/api/show", post("get-model", showOllamaModel(directory))],
    // Of a gateway without a provider nobody is told that it runs.
    ...(directory.usable().length === 0 ? [] : ["", "/"]).map((path): [string, Endpoint] => [path, { method: "GET", isLookedUp: true, match: { operation: "liveness", handle: tellOllamaRuns } }]),
    ["/api/version", { method: "GET", isLookedUp: true, match: { operation: "version", handle: tellOllamaVersion } }],
    ["/v1/realtime", { method: "GET", match: { operation: "realtime", handle: realtime(parts) } }],
    ["/v1beta/models", { method: "GET", isLookedUp: true, match: { operation: "list-models", handle: listGeminiModels(directory) } }],
    ["/v1/models", { method: "GET", isLookedUp: true, match: { operation: "list-models", handle: listModels(directory) } }],
  ]);
  return (method, path) => {
    const endpoint = fixed.get(path);
    if (endpoint) return method === endpoint.method || (method === "HEAD" && endpoint.isLookedUp) ? endpoint.match : { allow: endpoint.isLookedUp ? ["GET", "HEAD"] : [endpoint.method] };
    const deployed = matchDeployment(method, path);
    if (deployed) return deployed;
    const batch = matchModelBatch(method, path, { parts, owners });
    if (batch) return batch;
    if (isGeminiCall(path)) return matchGemini(method, path.slice(modelPath.length), parts);
    const converse = matchBedrock(method, path, parts);
    if (converse) return converse;
    if (path.startsWith(geminiPath)) return matchGemini(method, path.slice(geminiPath.length), parts);
    const plain = plainGeminiCall(path);
    if (plain !== null) return matchGemini(method, plain, parts);
    const stored = storedResponse(path);
    if (stored) return stored.methods.includes(method) ? { operation: "stored-response", handle: passStored(stored, parts, { owners, bills }) } : { allow: [...stored.methods] };
    const kept = matchKept(method, path, { parts, owners });
    if (kept) return kept;
    if (managingPaths.some((root) => path === root || path.startsWith(`${root}/`))) return { operation: "manage-models", handle: refuseManaging };
    if (!path.startsWith(modelPath) || path.length === modelPath.length) return null;
    return method === "GET" || method === "HEAD" ? { operation: "get-model", handle: getModel(directory, path.slice(modelPath.length)) } : { allow: ["GET", "HEAD"] };
  };
}
