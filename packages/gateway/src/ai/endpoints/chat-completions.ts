// Hot path: every chat completion (benchmarks: ai-pass-through, ai-translated).
/** `POST /v1/chat/completions`. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import { runCall } from "../calls/run-call.ts";
import { asObject } from "../conversation/json.ts";
import { optionalBoolean, requiredText } from "../conversation/parameters.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import type { AiPorts } from "../endpoints-contract.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import type { PriceBook } from "../record/cost.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

/** What decides where a call goes and how it is answered. */
const headMembers = ["model", "stream", "stream_options"];

export interface EndpointParts {
  directory: ModelDirectory;
  prices: PriceBook;
  ports: AiPorts;
}

export function chatCompletions({ directory, prices, ports }: EndpointParts): Handler {
  return async (exchange, sink) => {
    const { record } = exchange;
    record.dialectIn = openAiChatCaller.name;
    const body = new RequestBody(await exchange.body.whole(), headMembers);
    const model = requiredText(body.head, "model");
    const stream = optionalBoolean(body.head, "stream") ?? false;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const found = directory.resolve(model);
    const targets = found instanceof Promise ? await found : found;
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const includeUsage = asObject(body.head["stream_options"])?.["include_usage"] === true;
    await runCall(new AiCall({ exchange, sink, caller: openAiChatCaller, body, model, stream, includeUsage, ports, prices }), targets);
  };
}
