// Hot path: every call whose caller and provider both speak messages passes here.
/** Messages from end to end: the model's name is replaced in the bytes, all else stays. */
import { asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import { foreignMark, foreignWord } from "../../conversation/marked-signature.ts";
import { foreignSearch } from "../../conversation/server-tools/searches.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { replaceModel } from "../../raw-json/replace-model.ts";
import { memberText, memberValue, splice, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { parseMessagesError } from "./errors.ts";
import { parseStopReason } from "./finish-reason.ts";
import { MessagesPassThroughStream } from "./pass-through-stream.ts";
import { parseMessagesUsage } from "./usage.ts";

/** What this gateway puts into answers of other providers, and Anthropic refuses to be sent. */
const foreign = [foreignMark, Buffer.from('"extra_content"'), Buffer.from(`"${foreignSearch}`)];

export const anthropicMessagesPassThrough: PassThrough = {
  path: () => "/v1/messages",
  requestFields: new Set(["anthropic-version", "anthropic-beta"]),
  requiredFields: ["anthropic-version", "2023-06-01"],
  headMembers: ["model"],
  foreignWords: [foreignWord, "extra_content", foreignSearch],
  mayPass: (body) => !foreign.some((mark) => body.includes(mark)),
  rewriteRequest: replaceModel,
  readAnswer,
  stream: ({ rename }) => new MessagesPassThroughStream(rename),
};

const answerMembers = ["type", "model", "content", "usage", "stop_reason", "stop_sequence"];

function readAnswer(body: Buffer, rename: string | null): PassedAnswer | ProviderError {
  const found = topLevelMembers(body, answerMembers);
  if (!found?.members["content"] || !found.members["model"]) return errorIn(body);
  const { usage, model, stop_reason: reason, stop_sequence: sequence } = found.members;
  const counts = usage && asObject(tryParseJson(memberText(body, usage)));
  const stop = { stop_reason: reason && memberValue(body, reason), stop_sequence: sequence && memberValue(body, sequence) };
  return {
    body: rename === null ? body : splice(body, [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(rename) }]),
    usage: counts && parseMessagesUsage(counts),
    finish: parseStopReason(stop),
  };
}

function errorIn(body: Buffer): ProviderError {
  const parsed = tryParseJson(body.toString("utf8"));
  if (!isObject(parsed)) return brokenAnswer("the provider's answer is not JSON", body.toString("utf8", 0, 500));
  return asText(parsed["type"]) === "error" ? parseMessagesError(null, parsed) : brokenAnswer("the provider's answer has no content", parsed);
}
