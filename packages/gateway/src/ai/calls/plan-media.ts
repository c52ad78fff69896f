/** A call whose body or answer need not be JSON: a form with a file, audio, text. Goes to providers of the dialect as it came. */
import { Readable } from "node:stream";
import type { DialectName } from "../conversation/content.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import type { PassThrough } from "../conversation/pass-through.ts";
import { tryParseJson } from "../conversation/json.ts";
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { memberText, topLevelMembers } from "../raw-json/top-level-members.ts";
import { parseEmbeddedError } from "../dialects/openai-chat/errors.ts";
import type { AiCall } from "./ai-call.ts";
import type { ProviderFields } from "./answer-fields.ts";
import type { AnswerRelay } from "./answer-relay.ts";
import { BytesRelay } from "./bytes-relay.ts";
import type { ByteWatch } from "./bytes-relay.ts";
import { mediaUsage } from "./media-usage.ts";
import { outgoing, passedFields } from "./outgoing-request.ts";
import type { AttemptPlan, ProviderAttempt } from "./provider-attempt.ts";
import { WholeRelay } from "./whole-relay.ts";
import type { WholeRelayParts } from "./whole-relay.ts";

/** A body in pieces that follow each other, so that a large one is not copied for a change of a few bytes. */
export interface SentBody {
  readonly contentType: string;
  readonly pieces: readonly Buffer[] | Readable;
  /** Of a stream, where it is known. */
  readonly bytes?: number | null;
}

export interface PassedMedia {
  /** What the endpoint is called in a refusal, such as "images". */
  readonly title: string;
  readonly dialect: DialectName;
  readonly fields: Pick<PassThrough, "requestFields" | "requiredFields">;
  readonly method?: string;
  path(target: ModelTarget, call: AiCall): string;
  /** Null for a request without a body. */
  body(call: AiCall, target: ModelTarget): SentBody | null;
  /** Reads an answer that is JSON, where its usage is not all that matters. */
  readonly read?: WholeRelayParts["read"];
  /** Reads an answer whatever it is; what it adds to `fields` reaches the caller. */
  readonly readAny?: (body: Buffer, provider: ProviderFields, fields: string[]) => ReturnType<WholeRelayParts["read"]>;
  /** Looks at the bytes of an answer that is no JSON. */
  readonly watch?: () => ByteWatch;
  /** Called with the status of an answer that is passed on as it is. */
  done?(): void;
}

export function planMedia(call: AiCall, target: ModelTarget, { dialect, passed }: { dialect: ProviderDialect; passed: PassedMedia }): AttemptPlan {
  if (dialect.name !== passed.dialect) refuseParameter("unsupported-parameter", "model", `the provider ${target.account.name} has no ${passed.title} in this dialect`);
  const sent = passed.body(call, target);
  const request = outgoing({
    call, target, path: passed.path(target, call), fields: passedFields(call.exchange.rawHeaders, passed.fields), ...framed(sent), accept: "*/*", method: passed.method ?? "POST",
  });
  return { call, target, request, isSameDialect: true, relay: (attempt, fields) => relay(attempt, { call, target, passed }, fields) };
}

function framed(sent: SentBody | null): { body: Buffer | Readable | null; bodyBytes?: number | null; contentType?: string } {
  if (!sent) return { body: null };
  const { contentType, pieces } = sent;
  if (pieces instanceof Readable) return { body: pieces, bodyBytes: sent.bytes ?? null, contentType };
  const [only] = pieces;
  if (pieces.length === 1 && only) return { body: only, contentType };
  return { body: Readable.from(pieces), bodyBytes: pieces.reduce((sum, piece) => sum + piece.length, 0), contentType };
}

function relay(attempt: ProviderAttempt, { call, target, passed }: { call: AiCall; target: ModelTarget; passed: PassedMedia }, provider: ProviderFields): AnswerRelay {
  const settle = attempt.settle.bind(attempt);
  const fields = [...provider.fields];
  const contentFields = ["Content-Type", provider.contentType || "application/octet-stream"];
  const { readAny } = passed;
  if (readAny) return new WholeRelay({ call, target, read: (body) => readAny(body, provider, fields), fields, contentFields, settle });
  if (provider.contentType.startsWith("application/json")) return new WholeRelay({ call, target, read: passed.read ?? readMedia, fields, contentFields, settle });
  const isEvents = provider.contentType.startsWith("text/event-stream");
  if (isEvents) contentFields.push("Cache-Control", "no-cache", "X-Accel-Buffering", "no");
  passed.done?.();
  return new BytesRelay({ call, target, fields, contentFields, settle, onContent: () => attempt.contentCame(), resume: () => attempt.resume(), isEvents, ...(passed.watch && { watch: passed.watch() }) });
}

const readMedia: WholeRelayParts["read"] = (body) => {
  const found = topLevelMembers(body, ["usage", "error"]);
  if (!found) return brokenAnswer("it is not a JSON object", body.toString("utf8", 0, 500));
  const { usage, error } = found.members;
  const failure = error && tryParseJson(memberText(body, error));
  if (failure) return parseEmbeddedError({ error: failure });
  return { body, usage: usage && mediaUsage(tryParseJson(memberText(body, usage))), finishReason: undefined };
};
