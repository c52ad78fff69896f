/** The endpoints below `/model/`: `{id}/converse` and `{id}/converse-stream`, as Bedrock's SDKs call them. The id is an alias, a bare name or `provider/model`, encoded or not. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import { runCall } from "../calls/run-call.ts";
import { bedrockConverseCaller } from "../dialects/bedrock-converse/caller.ts";
import type { AiMatch } from "../endpoints-contract.ts";
import { framedSink } from "../framing/framed-sink.ts";
import { asked } from "./asked.ts";
import { generating } from "./generate.ts";
import type { EndpointParts } from "./generate.ts";
import { decode } from "./models.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

const paths = /^\/model\/(.{1,2048})\/(converse|converse-stream)$/;

/** Null where the path is none of these. */
export function matchConverse(method: string, path: string, parts: EndpointParts): AiMatch | { allow: string[] } | null {
  const [, id, verb] = paths.exec(path) ?? [];
  if (id === undefined || verb === undefined) return null;
  return method === "POST" ? { operation: verb, handle: converse({ model: decode(id), stream: verb === "converse-stream" }, parts) } : { allow: ["POST"] };
}

function converse({ model, stream }: { model: string; stream: boolean }, { directory, prices, ports }: EndpointParts): Handler {
  const { framing } = bedrockConverseCaller;
  return async (exchange, sink) => {
    const { record } = exchange;
    record.dialectIn = bedrockConverseCaller.name;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const body = new RequestBody(await exchange.body.whole(), []);
    const targets = await directory.resolve(model, asked(exchange, { model, stream, bodyBytes: body.bytes.length, body: () => body.parsed }));
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const framed = framing ? framedSink(sink, framing) : sink;
    await runCall(new AiCall({ exchange, sink: framed, caller: bedrockConverseCaller, body, model, stream, includeUsage: true, ports, prices }), targets, generating);
  };
}
