/**
 * Azure OpenAI's dated API, `POST /openai/deployments/{deployment}/…`: the deployment is the model, and the body need not name it.
 * Whatever `api-version` says, it is OpenAI's API that is spoken.
 */
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import type { AiMatch } from "../endpoints-contract.ts";
import { writeModel } from "../raw-json/write-model.ts";
import { embeddings } from "./embeddings.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { answerRequest } from "./generate.ts";
import { answerMedia, mediaPaths } from "./media.ts";
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
  const media = new Map(mediaPaths.map((each) => [each.path.slice(1), { operation: each.operation, answer: answerMedia(each, parts) }]));
  return (method, path) => {
    const [, deployment = "", rest = ""] = deployedPath.exec(path) ?? [];
    const found = answers.get(rest);
    const ofMedia = media.get(rest);
    const operation = found?.operation ?? ofMedia?.operation;
    if (operation === undefined) return null;
    if (method !== "POST") return { allow: ["POST"] };
    const model = decode(deployment);
    return {
      operation,
      async handle(exchange, sink) {
        const bytes = await exchange.body.whole();
        await (found ? found.answer({ exchange, sink, bytes: writeModel(bytes, model) }) : ofMedia?.answer({ exchange, sink, bytes, model }));
      },
    };
  };
}
