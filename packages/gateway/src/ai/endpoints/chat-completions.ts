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
import { parseBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

export interface EndpointParts {
  directory: ModelDirectory;
  prices: PriceBook;
  ports: AiPorts;
}

export function chatCompletions({ directory, prices, ports }: EndpointParts): Handler {
  return async (exchange, sink) => {
    const { record } = exchange;
    record.dialectIn = openAiChatCaller.name;
    const body = await exchange.body.whole();
    const parsed = parseBody(body);
    const model = requiredText(parsed, "model");
    const stream = optionalBoolean(parsed, "stream") ?? false;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const found = directory.resolve(model);
    const targets = found instanceof Promise ? await found : found;
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const includeUsage = asObject(parsed["stream_options"])?.["include_usage"] === true;
    await runCall(new AiCall({ exchange, sink, caller: openAiChatCaller, body, parsed, model, stream, includeUsage, ports, prices }), targets);
  };
}
