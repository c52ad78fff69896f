// Hot path: every call whose caller and provider both speak generateContent passes here.
/** generateContent from end to end: the model stands in the path, so that the bytes stay as they are both ways. */
import { asObject, asObjects, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { memberText, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { errorInside } from "./error.ts";
import { blockedPrompt, finishReason, holdsCall } from "./finish-reason.ts";
import { modelResource } from "./model-resource.ts";
import { GeminiPassThroughStream } from "./pass-through-stream.ts";
import { foreignMark, foreignWord } from "./thought-signature.ts";
import { readUsage } from "./usage.ts";

export const geminiPassThrough: PassThrough = {
  path: ({ model, stream }) => `/v1beta/${modelResource(model)}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  requestFields: new Set(["x-goog-api-client"]),
  requiredFields: [],
  headMembers: [],
  // What this gateway puts into answers of other providers, and Google refuses to be sent.
  foreignWords: [foreignWord],
  mayPass: (body) => !body.includes(foreignMark),
  rewriteRequest: (body) => body,
  readAnswer,
  stream: () => new GeminiPassThroughStream(),
};

function readAnswer(body: Buffer): PassedAnswer | ProviderError {
  const members = topLevelMembers(body, ["candidates", "promptFeedback", "usageMetadata", "error"])?.members;
  if (!members?.["candidates"] && !members?.["promptFeedback"] && (!members?.["usageMetadata"] || members["error"])) return errorIn(body);
  const usage = members["usageMetadata"] && asObject(tryParseJson(memberText(body, members["usageMetadata"])));
  return { body, usage: usage && readUsage(usage), finish: finishIn(body) };
}

/** Looked for in the bytes: an answer may hold images. */
function finishIn(body: Buffer): PassedAnswer["finish"] {
  const key = body.indexOf('"finishReason"');
  const raw = key === -1 ? undefined : /^"finishReason":\s*"([A-Z_]+)"/.exec(body.toString("latin1", key, key + 80))?.[1];
  if (raw !== undefined) return finishReason(raw, holdsCall(body));
  const blocked = /"blockReason":\s*"([A-Z_]+)"/.exec(body.toString("latin1", 0, 4096))?.[1];
  return blocked === undefined ? undefined : blockedPrompt(blocked);
}

function errorIn(body: Buffer): ProviderError {
  const parsed = tryParseJson(body.toString("utf8"));
  const [first] = asObjects(parsed);
  const error = asObject((first ?? asObject(parsed))?.["error"]);
  if (error && isObject(parsed)) return errorInside(error, parsed);
  return brokenAnswer("Gemini's answer has neither a candidate nor a reason for having none", asText(parsed) ?? null);
}
