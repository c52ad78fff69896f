// Hot path: every call whose caller and provider both speak Converse passes here.
/** Converse from end to end: the model stands in the path, so that the bytes stay as they are both ways, each message with its checksums. */
import { asObject, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { withoutIds } from "../../conversation/dialect.ts";
import { foreignMark, foreignWord } from "../../conversation/marked-signature.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { memberText, topLevelMembers } from "../../raw-json/top-level-members.ts";
import type { MemberRange } from "../../raw-json/top-level-members.ts";
import { DecodedStream } from "../passed/decoded-stream.ts";
import { AwsPieces } from "../passed/pieces.ts";
import { awsFraming, exceptionFrame } from "./framing.ts";
import { finishReason } from "./finish-reason.ts";
import { modelPath } from "./model-path.ts";
import { converseStreamDecoder } from "./stream-decoder.ts";
import { readUsage } from "./usage.ts";

export const conversePassThrough: PassThrough = {
  path: ({ model, stream }) => `${modelPath(model)}/${stream ? "converse-stream" : "converse"}`,
  requestFields: new Set(),
  requiredFields: [],
  headMembers: [],
  // What this gateway puts into answers of other providers means nothing to Bedrock.
  foreignWords: [foreignWord],
  mayPass: (body) => !body.includes(foreignMark),
  rewriteRequest: (body) => body,
  readAnswer,
  stream: () => new DecodedStream({ pieces: new AwsPieces(), decoder: converseStreamDecoder(withoutIds), fail: (error) => awsFraming.write(exceptionFrame(error)) }),
  streamType: awsFraming.contentType,
};

/** Without its blocks, which may hold images. */
function readAnswer(body: Buffer): PassedAnswer | ProviderError {
  const members = topLevelMembers(body, ["output", "usage", "stopReason", "serviceTier", "message"])?.members;
  if (!members?.["output"]) return brokenAnswer(asText(valueOf(body, members?.["message"])) ?? "Bedrock's answer has no message", body.toString("utf8", 0, 500));
  const usage = asObject(valueOf(body, members["usage"]));
  const reason = asText(valueOf(body, members["stopReason"]));
  return { body, usage: usage && readUsage(usage, valueOf(body, members["serviceTier"])), finish: reason === undefined ? undefined : finishReason(reason) };
}

function valueOf(body: Buffer, range: MemberRange | undefined): JsonValue | undefined {
  return range && tryParseJson(memberText(body, range));
}
