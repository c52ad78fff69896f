/**
 * Images and audio: `POST /v1/images/…` and `/v1/audio/…`, with a JSON body or a form. They go to the model's provider with
 * their bytes, but for the model's name; answers are JSON, sound, text or events, and pass as they come.
 */
import { expectModelInScopes } from "./model-scopes.ts";
import type { Capability } from "@parley/contract/ai/provider-catalogue";
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { planMedia } from "../calls/plan-media.ts";
import type { PassedMedia, SentBody } from "../calls/plan-media.ts";
import { attemptSandboxMedia } from "../calls/sandbox-media-attempt.ts";
import { optionalBoolean, optionalText, refuseParameter } from "../conversation/parameters.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import { openAiChatPassThrough } from "../dialects/openai-chat/pass-through.ts";
import { replaceModel } from "../raw-json/replace-model.ts";
import { writeModel } from "../raw-json/write-model.ts";
import { FormBody } from "./form-body.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { firstOf } from "./pass-by-model.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

interface Media {
  path: string;
  operation: string;
  title: string;
  capability: Capability;
  needsModel: boolean;
}

/** Below /v1, and whether a model has to be named. */
export const mediaPaths: readonly Media[] = [
  { path: "/images/generations", operation: "images-generations", title: "images", capability: "images", needsModel: false },
  { path: "/images/edits", operation: "images-edits", title: "images", capability: "images", needsModel: false },
  { path: "/images/variations", operation: "images-variations", title: "images", capability: "images", needsModel: false },
  { path: "/audio/speech", operation: "audio-speech", title: "speech", capability: "speech", needsModel: true },
  { path: "/audio/transcriptions", operation: "audio-transcriptions", title: "transcriptions", capability: "transcription", needsModel: true },
  { path: "/audio/translations", operation: "audio-translations", title: "translations", capability: "transcription", needsModel: true },
];

export function callMedia(media: Media, parts: EndpointParts): Handler {
  const answer = answerMedia(media, parts);
  return (exchange, sink) => exchange.body.whole().then((bytes) => answer({ exchange, sink, bytes }));
}

/** The same where the path names the model, which the body then need not. */
export function answerMedia({ path, title, capability, needsModel }: Media, { directory, prices, ports, ask }: EndpointParts): (request: { exchange: Exchange; sink: AnswerSink; bytes: Buffer; model?: string }) => Promise<void> {
  return async ({ exchange, sink, bytes, model: ofPath }) => {
    const { record } = exchange;
    record.dialectIn = openAiChatCaller.name;
    const contentType = exchange.headers["content-type"] ?? "";
    const body = contentType.toLowerCase().startsWith("multipart/") ? new FormBody(bytes, contentType, ofPath) : new RequestBody(ofPath === undefined ? bytes : writeModel(bytes, ofPath), ["model", "stream"]);
    const model = optionalText(body.head, "model") ?? "";
    if (model === "" && needsModel) refuseParameter("invalid-request", "model", "model is missing; it has to be a string");
    const stream = optionalBoolean(body.head, "stream") ?? false;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    expectModelInScopes(exchange, model);
    const targets = model === "" ? firstOf(directory, openAiChatCaller.name) : await directory.resolve(model);
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const call = new AiCall({ exchange, sink, caller: openAiChatCaller, body, model, stream, includeUsage: true, ports, prices });
    await ask(call, targets, mediaOperation({ path, title, capability, body }));
  };
}

function mediaOperation({ path, title, capability, body }: { path: string; title: string; capability: Capability; body: FormBody | RequestBody }): Operation {
  const passed: PassedMedia = {
    title,
    dialect: openAiChatCaller.name,
    fields: openAiChatPassThrough,
    path: () => path,
    body: (_call, { model }) => (model === "" ? whole(body) : named(body, model)),
  };
  return {
    plan(call, target, dialect) {
      const { name, supports } = target.account;
      if (supports && !supports.has(capability)) refuseParameter("unsupported-parameter", "model", `the provider ${name} has no ${title}`);
      return planMedia(call, target, { dialect, passed });
    },
    inside: (call, target, settled) => attemptSandboxMedia(call, target, { path, settled }),
  };
}

function whole(body: FormBody | RequestBody): SentBody {
  return { contentType: body instanceof FormBody ? body.contentType : "application/json", pieces: [body.bytes] };
}

function named(body: FormBody | RequestBody, model: string): SentBody {
  if (body instanceof FormBody) return { contentType: body.contentType, pieces: body.named(model) };
  return { contentType: "application/json", pieces: [replaceModel(body.bytes, body.head, { model })].flat() };
}
