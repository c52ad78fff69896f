// Hot path: every call whose caller and provider both speak Ollama's own API passes here.
/** Ollama's chat, and its generate, from end to end: the model's name is replaced in the request and in each line, all else stays. */
import { withoutIds } from "../../conversation/dialect.ts";
import { isObject, tryParseJson } from "../../conversation/json.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { replaceModel } from "../../raw-json/replace-model.ts";
import { splice, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { DecodedStream } from "../passed/decoded-stream.ts";
import { LinePieces } from "../passed/pieces.ts";
import { parseAnswer } from "./answer.ts";
import { lineFraming } from "./framing.ts";
import { streamDecoder } from "./stream-decoder.ts";
import { writeOllamaError } from "./write-error.ts";

export const ollamaChatPassThrough = passThroughAt("/api/chat");
export const ollamaGeneratePassThrough = passThroughAt("/api/generate");

function passThroughAt(path: string): PassThrough {
  return {
    path: () => path,
    requestFields: new Set(),
    requiredFields: [],
    headMembers: ["model"],
    foreignWords: [],
    mayPass: () => true,
    rewriteRequest: replaceModel,
    readAnswer,
    stream: ({ rename }) => new DecodedStream({
      pieces: new LinePieces(), decoder: streamDecoder(withoutIds),
      fail: (error) => lineFraming.write({ event: "", data: JSON.stringify(writeOllamaError(error)) }),
      ...(rename !== null && { rewrite: (line: Buffer) => renamed(line, rename) }),
    }),
    streamType: lineFraming.contentType,
  };
}

function readAnswer(body: Buffer, rename: string | null): PassedAnswer | ProviderError {
  const text = body.toString("utf8");
  const parsed = tryParseJson(text);
  if (!isObject(parsed)) return brokenAnswer("the provider's answer is not a JSON object", text.slice(0, 500));
  const answer = parseAnswer(parsed, withoutIds);
  return "kind" in answer ? answer : { body: rename === null ? body : renamed(body, rename), usage: answer.usage, finish: answer.choices[0]?.finish };
}

function renamed(bytes: Buffer, name: string): Buffer {
  const model = topLevelMembers(bytes, ["model"])?.members["model"];
  return model ? splice(bytes, [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(name) }]) : bytes;
}
