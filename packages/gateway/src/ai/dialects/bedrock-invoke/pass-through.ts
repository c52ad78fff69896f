// Hot path: every invocation whose target is at Bedrock passes here.
/** Invocations on their way to Bedrock: the bytes stay as they are both ways, the model stands in the path. */
import type { StreamDecoder } from "../../conversation/dialect.ts";
import { asObject, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { foreignMark, foreignWord } from "../../conversation/marked-signature.ts";
import { foreignSearch } from "../../conversation/server-tools/searches.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { memberText, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { parseStopReason } from "../anthropic-messages/finish-reason.ts";
import { parseMessagesUsage } from "../anthropic-messages/usage.ts";
import { awsFraming, exceptionFrame } from "../bedrock-converse/framing.ts";
import { modelPath } from "../bedrock-converse/model-path.ts";
import { DecodedStream } from "../passed/decoded-stream.ts";
import { AwsPieces } from "../passed/pieces.ts";
import { messagesChunkDecoder, nativeChunkDecoder } from "./chunk-decoder.ts";
import { finishIn } from "./native-answer.ts";
import { usageInFields } from "./usage.ts";

/** What this gateway puts into answers of other providers. */
const foreign = [foreignMark, Buffer.from(`"${foreignSearch}`)];

/** What the SDKs say of an invocation beside its body, and of the credentials nothing. */
const requestFields = new Set([
  "accept", ...["accept", "trace", "guardrailidentifier", "guardrailversion", "performanceconfig-latency", "service-tier", "request-metadata"].map((name) => `x-amzn-bedrock-${name}`),
]);

export const messagesInvocation = invocation(messagesChunkDecoder, readMessagesAnswer);
export const nativeInvocation = invocation(nativeChunkDecoder, readNativeAnswer);

function invocation(decoder: () => StreamDecoder, readAnswer: PassThrough["readAnswer"]): PassThrough {
  return {
    path: ({ model, stream }) => `${modelPath(model)}/${stream ? "invoke-with-response-stream" : "invoke"}`,
    requestFields,
    requiredFields: [],
    headMembers: [],
    foreignWords: [foreignWord, foreignSearch],
    mayPass: (body) => !foreign.some((mark) => body.includes(mark)),
    rewriteRequest: (body) => body,
    readAnswer,
    stream: () => new DecodedStream({ pieces: new AwsPieces(), decoder: decoder(), fail: (error) => awsFraming.write(exceptionFrame(error)) }),
    streamType: awsFraming.contentType,
  };
}

function readMessagesAnswer(body: Buffer, _rename: string | null, fields: readonly string[] = []): PassedAnswer | ProviderError {
  const read = membersOf(body, ["content", "usage", "stop_reason", "stop_sequence"]);
  if (!read || !("content" in read)) return brokenAnswer("the model's answer has no content", body.toString("utf8", 0, 500));
  const counts = asObject(read["usage"]);
  return { body, usage: counts ? parseMessagesUsage(counts) : usageInFields(fields), finish: "stop_reason" in read ? parseStopReason(read) : undefined };
}

const reasons = ["stop_reason", "stopReason", "completionReason", "finish_reason", "results", "outputs", "choices", "generations"];

function readNativeAnswer(body: Buffer, _rename: string | null, fields: readonly string[] = []): PassedAnswer | ProviderError {
  const read = membersOf(body, reasons);
  return read ? { body, usage: usageInFields(fields), finish: finishIn(read) } : brokenAnswer("the model's answer is not a JSON object", body.toString("utf8", 0, 500));
}

/** All that is long, such as pictures and vectors, is left where it is; `content` is only looked for. */
function membersOf(body: Buffer, names: readonly string[]): JsonObject | null {
  const found = topLevelMembers(body, names)?.members;
  if (!found) return null;
  const read: Record<string, JsonObject[string]> = {};
  for (const [name, range] of Object.entries(found)) {
    const value = name === "content" ? null : tryParseJson(memberText(body, range));
    if (value !== undefined) read[name] = value;
  }
  return isObject(read) ? read : null;
}
