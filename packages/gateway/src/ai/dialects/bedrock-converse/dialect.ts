/**
 * Amazon Bedrock's Converse and ConverseStream, towards a provider. Hides its blocks, which models take which of the fields
 * that Converse itself has not (thinking, top_k), the event stream's exceptions and the way in which a model's id stands in
 * the path. May import the conversation model, of Anthropic's messages what their models want for thinking,
 * and InvokeModel, which takes what Converse has no place for.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import { bedrockMessagesProvider } from "../bedrock-invoke/provider.ts";
import { parseConverseAnswer } from "./answer.ts";
import { parseConverseError } from "./error.ts";
import { knownConverseAnswer } from "./known-answer.ts";
import { modelFamily } from "./model-family.ts";
import { conversePassThrough } from "./pass-through.ts";
import { writeConverseRequest } from "./request.ts";
import { converseStreamDecoder } from "./stream-decoder.ts";

export const bedrockConverseProvider: ProviderDialect = {
  name: "bedrock-converse",
  framing: "aws-event-stream",
  needsBytes: true,
  writeRequest: writeConverseRequest,
  parseAnswer: parseConverseAnswer,
  streamDecoder: converseStreamDecoder,
  known: knownConverseAnswer,
  parseError: parseConverseError,
  errorText: "message",
  passThrough: conversePassThrough,
  makersApi: (caller, model) => (caller === bedrockMessagesProvider.name && modelFamily(model) === "claude" ? bedrockMessagesProvider : null),
  // Its list is at another host, and signed for another service.
  modelList: null,
};
