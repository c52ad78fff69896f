/** The gateway's own refusals, in the error shape of the dialect that callers of the path speak. */
import type { IncomingHttpHeaders } from "node:http";
import { problemEntry } from "@parley/contract/problems/table";
import type { Refusal } from "@parley/contract/problems/problem";
import type { JsonObject } from "../conversation/json.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import { anthropicMessagesCaller } from "../dialects/anthropic-messages/dialect.ts";
import { bedrockConverseCaller } from "../dialects/bedrock-converse/caller.ts";
import { cohereChatCaller } from "../dialects/cohere-chat/caller.ts";
import { ollamaChatCaller } from "../dialects/ollama-chat/caller.ts";
import { geminiCaller } from "../dialects/gemini/dialect.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import { usualPath } from "./vendor-paths.ts";
import { isGeminiCall } from "./gemini.ts";
import type { AiRefusalBody } from "../endpoints-contract.ts";

export function refusalBody({ path, id, headers }: { path: string; id: string; headers: IncomingHttpHeaders }, refusal: Refusal): AiRefusalBody {
  const entry = problemEntry(refusal.code);
  const status = refusal.status ?? entry.status;
  const param = refusal.extensions?.["param"];
  const error = callerOf(usualPath(path), headers).writeError({
    status,
    message: refusal.detail,
    code: refusal.code,
    fix: refusal.fix ?? entry.fix,
    param: typeof param === "string" ? param : undefined,
    callId: id,
    members: explanation(refusal),
  });
  const body = Buffer.from(JSON.stringify(error));
  return { status, rawHeaders: ["Content-Type", "application/json"], body };
}

/** What a conflict adds to a problem document stands in the error itself. */
function explanation({ extensions }: Refusal): JsonObject | undefined {
  const { param: _param, ...members } = extensions ?? {};
  return extensions?.["cause"] === undefined ? undefined : (members as JsonObject);
}

/** Beginnings of paths, and whose they are. Responses have the errors of chat completions. */
const roots: readonly [string, CallerDialect][] = [["/v1/messages", anthropicMessagesCaller], ["/model/", bedrockConverseCaller], ["/api/", ollamaChatCaller], ["/v2/chat", cohereChatCaller]];

/** Nobody else's clients send them. */
function speakerOf(headers: IncomingHttpHeaders): CallerDialect {
  if (headers["anthropic-version"] !== undefined) return anthropicMessagesCaller;
  return headers["x-goog-api-key"] !== undefined || headers["x-goog-api-client"] !== undefined ? geminiCaller : openAiChatCaller;
}

function callerOf(path: string, headers: IncomingHttpHeaders): CallerDialect {
  if (/^\/(?:upload\/|v1beta|v1\/cachedContents)/.test(path) || isGeminiCall(path)) return geminiCaller;
  if (path === "" || path === "/") return ollamaChatCaller;
  return roots.find(([root]) => path.startsWith(root))?.[1] ?? speakerOf(headers);
}
