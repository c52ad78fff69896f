/**
 * The AI side of the gateway: one conversation model, a codec for each wire dialect, providers as data. From outside it is
 * this one function, compiled anew for every snapshot that changes it. Hides dialects, providers, models and their prices.
 * May import the contract, the exchange, the transport's seam and the policies' `Handler`, and nothing else of the gateway.
 */
import { anthropicMessagesCaller } from "./dialects/anthropic-messages/dialect.ts";
import { openAiChatCaller } from "./dialects/openai-chat/dialect.ts";
import { generate } from "./endpoints/generate.ts";
import { getModel, listModels } from "./endpoints/models.ts";
import { refusalBody } from "./endpoints/refusal-body.ts";
import type { AiEndpoints, AiInput, AiMatch, AiPorts } from "./endpoints-contract.ts";
import { ModelDirectory } from "./models/model-directory.ts";
import { PriceBook } from "./record/cost.ts";

export function compileAi(input: AiInput, ports: AiPorts): AiEndpoints {
  const directory = new ModelDirectory(input, ports);
  const parts = { directory, prices: new PriceBook(), ports };
  const chat: AiMatch = { operation: "chat-completions", handle: generate(openAiChatCaller, parts) };
  const messages: AiMatch = { operation: "messages", handle: generate(anthropicMessagesCaller, parts) };
  const list: AiMatch = { operation: "list-models", handle: listModels(directory) };
  const onlyPost = { allow: ["POST"] };
  const onlyGet = { allow: ["GET"] };
  return {
    match(method, path) {
      if (path === "/v1/chat/completions") return method === "POST" ? chat : onlyPost;
      if (path === "/v1/messages") return method === "POST" ? messages : onlyPost;
      if (path === "/v1/models") return method === "GET" ? list : onlyGet;
      if (!path.startsWith(modelPath) || path.length === modelPath.length) return null;
      return method === "GET" ? { operation: "get-model", handle: getModel(directory, path.slice(modelPath.length)) } : onlyGet;
    },
    refusalBody,
    close: () => directory.close(),
  };
}

const modelPath = "/v1/models/";
