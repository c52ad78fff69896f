/**
 * The endpoints below `/v1beta/models/`: `{model}:generateContent`, `:streamGenerateContent`, `:countTokens`, `:embedContent`
 * and `:batchEmbedContents`. The model is an alias, a bare name or `provider/model`; its own name may hold a colon.
 */
import { RefusalError } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { planPassed } from "../calls/plan-passing.ts";
import type { Passed } from "../calls/plan-passing.ts";
import { asObjects } from "../conversation/json.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { geminiCaller } from "../dialects/gemini/dialect.ts";
import { modelResource } from "../dialects/gemini/model-resource.ts";
import type { AiMatch } from "../endpoints-contract.ts";
import { jsonListSink } from "../framing/json-list-sink.ts";
import { countTokens } from "./count-tokens.ts";
import { generating } from "./generate.ts";
import { namesFiles, pinToFiles } from "./kept/referenced-files.ts";
import { asked } from "./asked.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { decode, getGeminiModel } from "./models.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

const counting = countTokens({ ...passed("countTokens"), body: (call) => call.body }, (tokens) => ({ totalTokens: tokens }));

const operations: Readonly<Record<string, Operation>> = {
  generateContent: generating,
  streamGenerateContent: generating,
  countTokens: counting,
  embedContent: embedding("embedContent"),
  batchEmbedContents: embedding("batchEmbedContents"),
};

const stableCall = /^\/v1\/models\/.+:(\w+)$/;

/** Google's clients call `/v1` as well as `/v1beta`, and mean the same. */
export function isGeminiCall(path: string): boolean {
  const verb = stableCall.exec(path)?.[1];
  return verb !== undefined && Object.hasOwn(operations, verb);
}

const plainCall = /^\/v1(?:beta)?\/(.+:(\w+))$/;

/** A name with a slash stands without `models/` where Google's former client, which LangChain uses, makes the path. Null for any other path. */
export function plainGeminiCall(path: string): string | null {
  const [, rest, verb] = plainCall.exec(path) ?? [];
  return rest !== undefined && verb !== undefined && Object.hasOwn(operations, verb) ? rest : null;
}

/** `rest` is what the path has behind `/v1beta/models/`. */
export function matchGemini(method: string, rest: string, parts: EndpointParts): AiMatch | { allow: string[] } | null {
  const path = decode(rest);
  const colon = path.lastIndexOf(":");
  const verb = path.slice(colon + 1);
  const operation = colon > 0 && Object.hasOwn(operations, verb) ? operations[verb] : undefined;
  if (operation) return method === "POST" ? { operation: verb, handle: callModel({ model: path.slice(0, colon), verb, operation }, parts) } : { allow: ["POST"] };
  if (path === "") return null;
  return method === "GET" ? { operation: "get-model", handle: getGeminiModel(parts.directory, rest) } : { allow: ["GET"] };
}

function callModel({ model, verb, operation }: { model: string; verb: string; operation: Operation }, { directory, prices, ports, ask, owners }: EndpointParts): Handler {
  const stream = verb === "streamGenerateContent";
  return async (exchange, sink) => {
    const { record } = exchange;
    record.dialectIn = geminiCaller.name;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const body = new RequestBody(await exchange.body.whole(), []);
    const resolved = await directory.resolve(model, asked(exchange, { model, stream, body }));
    if (resolved.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const targets = owners && namesFiles(body.bytes) ? await pinToFiles({ parsed: () => body.parsed, caller: geminiCaller.name }, { exchange, targets: resolved, owners }) : resolved;
    const asList = stream && !/[?&]alt=sse(?:&|$)/.test(exchange.target);
    const call = new AiCall({ exchange, sink: asList ? jsonListSink(sink) : sink, caller: geminiCaller, body, model, stream, includeUsage: true, ports, prices });
    await ask(call, targets, operation);
  };
}

function passed(verb: string): Omit<Passed, "body"> {
  return { title: verb, dialect: "gemini", fields: { requestFields: new Set(), requiredFields: [] }, path: ({ model }) => `/v1beta/${modelResource(model)}:${verb}`, usage: () => undefined };
}

/** The model stands in the body, too, where Google wants the same as in the path. */
function embedding(verb: string): Operation {
  const whole: Passed = { ...passed(verb), body: (call, target) => Buffer.from(JSON.stringify(named(call.requestBody(), modelResource(target.model)))) };
  return {
    plan: (call, target, dialect) => planPassed(call, target, { dialect, passed: whole }),
    inside: () => refuseParameter("unsupported-parameter", "model", "the sandbox has no embeddings"),
  };
}

function named(body: ReturnType<AiCall["requestBody"]>, model: string): object {
  const requests = body["requests"] && asObjects(body["requests"]).map((request) => ({ ...request, model }));
  return { ...body, ...(requests ? { requests } : { model }) };
}
