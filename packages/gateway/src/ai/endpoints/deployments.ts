/**
 * Azure OpenAI's dated API, `POST /openai/deployments/{deployment}/…`: the deployment is the model, and the body need not name it.
 * Whatever `api-version` says, it is OpenAI's API that is spoken.
 */
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import type { AiMatch } from "../endpoints-contract.ts";
import { splice, topLevelMembers } from "../raw-json/top-level-members.ts";
import { embeddings } from "./embeddings.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { answerRequest } from "./generate.ts";
import { decode } from "./models.ts";
import { openAiOperation } from "./openai-operations.ts";
import { answerByModel } from "./pass-by-model.ts";

const deployedPath = /^\/openai\/deployments\/([^/]+)\/(.+)$/;

export function deploymentMatcher(parts: EndpointParts): (method: string, path: string) => AiMatch | { allow: string[] } | null {
  const answers = new Map([
    ["chat/completions", { operation: "chat-completions", answer: answerRequest(openAiChatCaller, parts) }],
    ["embeddings", { operation: "embeddings", answer: answerByModel(openAiChatCaller, parts, { operation: embeddings() }) }],
    ["completions", { operation: "completions", answer: answerByModel(openAiChatCaller, parts, { operation: openAiOperation("completions") }) }],
  ]);
  return (method, path) => {
    const [, deployment = "", rest = ""] = deployedPath.exec(path) ?? [];
    const found = answers.get(rest);
    if (!found) return null;
    if (method !== "POST") return { allow: ["POST"] };
    const model = decode(deployment);
    return { operation: found.operation, handle: async (exchange, sink) => found.answer({ exchange, sink, bytes: withModel(await exchange.body.whole(), model) }) };
  };
}

/** What is no object, or names models twice, is refused where it is read. */
function withModel(bytes: Buffer, model: string): Buffer {
  const found = topLevelMembers(bytes, ["model"]);
  if (!found || found.isAmbiguous) return bytes;
  const named = found.members["model"];
  const text = JSON.stringify(model);
  if (!named) return splice(bytes, [{ start: found.end, end: found.end, text: `${found.isEmpty ? "" : ","}"model":${text}` }]);
  return bytes.toString("utf8", named.valueStart, named.valueEnd) === text ? bytes : splice(bytes, [{ start: named.valueStart, end: named.valueEnd, text }]);
}
