/**
 * The endpoints below `/model/`, as Bedrock's SDKs call them: `{id}/converse`, `/converse-stream`, `/invoke`,
 * `/invoke-with-response-stream` and `/count-tokens`. The id is an alias, a bare name or `provider/model`, encoded or not.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { AnswerSink } from "../../exchange/answer.ts";
import { RefusalError } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { withHead } from "../admission/with-head.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import type { JsonObject } from "../conversation/json.ts";
import { bedrockConverseCaller } from "../dialects/bedrock-converse/caller.ts";
import { modelPath } from "../dialects/bedrock-converse/model-path.ts";
import { invokeHeadMembers, invokingCaller } from "../dialects/bedrock-invoke/caller.ts";
import { countingCaller } from "../dialects/bedrock-invoke/counted.ts";
import { fieldsOfUsage } from "../dialects/bedrock-invoke/usage.ts";
import type { AiMatch } from "../endpoints-contract.ts";
import { framedSink } from "../framing/framed-sink.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { asked } from "./asked.ts";
import { countTokens } from "./count-tokens.ts";
import { generating } from "./generate.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { decode } from "./models.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

interface Verb {
  readonly stream: boolean;
  /** Who speaks, by the members of the body that `headMembers` names. */
  readonly caller: (head: JsonObject) => CallerDialect;
  readonly headMembers: readonly string[];
  readonly operation: (targets: readonly ModelTarget[]) => Operation;
  /** Its answers tell counts in header fields. */
  readonly tellsCounts?: true;
}

const counting = countTokens(
  {
    title: "count-tokens", dialect: bedrockConverseCaller.name, fields: { requestFields: new Set(), requiredFields: [] },
    path: ({ model }) => `${modelPath(model)}/count-tokens`, body: (call) => call.body, usage: () => undefined,
  },
  (tokens) => ({ inputTokens: tokens }),
);
const embedding: Operation = { ...generating, generates: false };
const converse = { caller: () => bedrockConverseCaller, headMembers: [], operation: () => generating };
const invoke = {
  caller: invokingCaller, headMembers: invokeHeadMembers, tellsCounts: true,
  // One API for models of all sorts: those of vectors say nothing.
  operation: (targets: readonly ModelTarget[]) => (targets.every(({ model }) => /embed/.test(model)) ? embedding : generating),
} as const;

const verbs: Readonly<Record<string, Verb>> = {
  converse: { ...converse, stream: false },
  "converse-stream": { ...converse, stream: true },
  invoke: { ...invoke, stream: false },
  "invoke-with-response-stream": { ...invoke, stream: true },
  "count-tokens": { stream: false, caller: () => countingCaller, headMembers: [], operation: () => counting },
};
const paths = /^\/model\/(.{1,2048})\/([a-z-]+)$/;

/** Null where the path is none of these. */
export function matchBedrock(method: string, path: string, parts: EndpointParts): AiMatch | { allow: string[] } | null {
  const [, id, name = ""] = paths.exec(path) ?? [];
  const verb = id !== undefined && Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (id === undefined || !verb) return null;
  return method === "POST" ? { operation: name, handle: callModel(decode(id), verb, parts) } : { allow: ["POST"] };
}

function callModel(model: string, { stream, caller: callerOf, headMembers, operation, tellsCounts }: Verb, { directory, prices, ports, ask }: EndpointParts): Handler {
  return async (exchange, sink) => {
    const { record } = exchange;
    record.dialectIn = bedrockConverseCaller.name;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const body = new RequestBody(await exchange.body.whole(), headMembers);
    const caller = callerOf(body.head);
    record.dialectIn = caller.name;
    const targets = await directory.resolve(model, asked(exchange, { model, stream, body }));
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const told = tellsCounts ? tellingCounts(sink, record) : sink;
    const framed = caller.framing ? framedSink(told, caller.framing) : told;
    await ask(new AiCall({ exchange, sink: framed, caller, body, model, stream, includeUsage: true, ports, prices }), targets, operation(targets));
  };
}

/** Bedrock's clients look for counts, and for what a stream holds, in header fields, whoever answered. */
function tellingCounts(sink: AnswerSink, record: Partial<CallRecord>): AnswerSink {
  return withHead(sink, (rawHeaders, status) => {
    if (status !== 200 || rawHeaders.some((name, index) => index % 2 === 0 && name.startsWith("x-amzn-bedrock-"))) return rawHeaders;
    if (record.stream === true) return [...rawHeaders, "x-amzn-bedrock-content-type", "application/json"];
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = record;
    return inputTokens === undefined ? rawHeaders : [...rawHeaders, ...fieldsOfUsage({ inputTokens, outputTokens: outputTokens ?? 0, cacheReadTokens, cacheWriteTokens })];
  });
}
