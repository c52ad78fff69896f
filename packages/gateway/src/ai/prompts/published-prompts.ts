/**
 * Prompts as APIs: `POST /prompts/{name}` and `/prompts/{name}/{version}`, each prompt with an OpenAPI document of its own.
 * A call becomes a chat completions request to the version's model, and goes through all that any other goes through.
 */
import type { Prompt, PromptVersion } from "@parley/contract/config/prompt";
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { baseUrl } from "../../exchange/host.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import { RequestBody } from "../endpoints/request-body.ts";
import { answerRequest } from "../endpoints/generate.ts";
import type { EndpointParts } from "../endpoints/endpoint-parts.ts";
import type { AiMatch } from "../endpoints-contract.ts";
import { defaultVersion } from "./default-version.ts";
import { promptDocument } from "./document.ts";
import { PlainAnswerSink } from "./plain-answer-sink.ts";
import { readPromptCall, renderPrompt } from "./render.ts";

const root = "/prompts";

type Match = AiMatch | { allow: string[] } | null;

/** `mount` stands before `/prompts` on the gateway. */
export function promptMatcher(prompts: ReadonlyMap<string, Prompt>, parts: EndpointParts, mount: string): (method: string, path: string) => Match {
  const answer = answerRequest(openAiChatCaller, parts);
  const run = (name: string, version: string, source: PromptVersion): Handler => async (exchange, sink) => {
    const call = readPromptCall(new RequestBody(await bodyOf(exchange), []).parsed);
    const bytes = Buffer.from(JSON.stringify(renderPrompt(source, call)));
    const plain = new PlainAnswerSink(sink, { prompt: name, version, callId: exchange.id, isStream: call.stream });
    await answer({ exchange, sink: plain, bytes });
  };
  return (method, path) => {
    if (path === root || path === `${root}/`) return method === "GET" ? { operation: "list-prompts", handle: (_exchange, sink) => answerJson(sink, listOf(prompts)) } : { allow: ["GET"] };
    if (!path.startsWith(`${root}/`)) return null;
    const [name = "", version, ...more] = path.slice(root.length + 1).split("/");
    const prompt = prompts.get(name);
    if (!prompt || more.length > 0) return more.length > 0 ? null : { operation: "prompt", handle: () => Promise.reject(unknownPrompt(name, [...prompts.keys()])) };
    if (version === "openapi.json") return method === "GET" ? { operation: "prompt-openapi", handle: (exchange, sink) => answerJson(sink, promptDocument(name, prompt, baseUrl(exchange) + mount)) } : { allow: ["GET"] };
    if (method !== "POST") return { allow: ["POST"] };
    const chosen = version ?? defaultVersion(prompt);
    const source = Object.hasOwn(prompt.versions, chosen) ? prompt.versions[chosen] : undefined;
    if (!source) return { operation: "prompt", handle: () => Promise.reject(unknownPrompt(`${name}/${chosen}`, Object.keys(prompt.versions).map((one) => `${name}/${one}`))) };
    return { operation: "prompt", handle: run(name, chosen, source) };
  };
}

/** A prompt without variables needs no body. */
async function bodyOf(exchange: Exchange): Promise<Buffer> {
  const bytes = await exchange.body.whole();
  return bytes.length === 0 ? Buffer.from("{}") : bytes;
}

function listOf(prompts: ReadonlyMap<string, Prompt>): object {
  return { items: [...prompts].map(([name, prompt]) => ({ name, description: prompt.description ?? null, versions: Object.keys(prompt.versions), default: defaultVersion(prompt), openapi: `${root}/${name}/openapi.json` })) };
}

function unknownPrompt(name: string, known: readonly string[]): RefusalError {
  return new RefusalError({ code: "unknown-prompt", detail: `There is no prompt ${name.slice(0, 100)}; there are: ${known.slice(0, 20).join(", ") || "none"}.` });
}

function answerJson(sink: AnswerSink, value: object): void {
  const body = Buffer.from(JSON.stringify(value));
  sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
  sink.data(body);
  sink.end();
}
