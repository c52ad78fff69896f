// Hot path: every call whose caller and provider both speak Cohere's v2 chat passes here.
/** Cohere's v2 chat from end to end: the model's name is replaced in the request, all else stays. Answers name no model. */
import { withoutIds } from "../../conversation/dialect.ts";
import { isObject, tryParseJson } from "../../conversation/json.ts";
import { foreignMark, foreignWord } from "../../conversation/marked-signature.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { replaceModel } from "../../raw-json/replace-model.ts";
import { parseCohereAnswer } from "./answer.ts";
import { DecodedStream } from "../passed/decoded-stream.ts";
import { EventPieces } from "../passed/pieces.ts";
import { cohereStreamDecoder } from "./stream-decoder.ts";

export const cohereChatPassThrough: PassThrough = {
  path: () => "/v2/chat",
  requestFields: new Set(["x-client-name"]),
  requiredFields: [],
  headMembers: ["model"],
  // What this gateway puts into answers of other providers means nothing to Cohere.
  foreignWords: [foreignWord],
  mayPass: (body) => !body.includes(foreignMark),
  rewriteRequest: replaceModel,
  readAnswer,
  stream: () => new DecodedStream({ pieces: new EventPieces(), decoder: cohereStreamDecoder(withoutIds) }),
};

function readAnswer(body: Buffer): PassedAnswer | ProviderError {
  const text = body.toString("utf8");
  const parsed = tryParseJson(text);
  if (!isObject(parsed)) return brokenAnswer("the provider's answer is not a JSON object", text.slice(0, 500));
  const answer = parseCohereAnswer(parsed, withoutIds);
  return "kind" in answer ? answer : { body, usage: answer.usage, finish: answer.choices[0]?.finish };
}
