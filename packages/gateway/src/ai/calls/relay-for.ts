// Hot path: once for each attempt at a provider.
/** What takes an attempt's answer to the caller: whole or as it streams, and whichever of the two the provider has given. */
import type { ProviderDialect } from "../conversation/dialect.ts";
import type { PassThroughStream } from "../conversation/pass-through.ts";
import type { ModelTarget } from "../models/model-target.ts";
import type { AiCall } from "./ai-call.ts";
import type { ProviderFields } from "./answer-fields.ts";
import type { AnswerRelay } from "./answer-relay.ts";
import type { ProviderAttempt } from "./provider-attempt.ts";
import { StreamRelay } from "./stream-relay.ts";
import { readUnstreamed } from "./translated-answer.ts";
import { WholeRelay } from "./whole-relay.ts";
import type { WholeRelayParts } from "./whole-relay.ts";

/** How the answer is read. */
export interface Reading {
  readonly dialect: ProviderDialect;
  readonly read: (body: Buffer, fields: readonly string[]) => ReturnType<WholeRelayParts["read"]>;
  readonly stage: () => PassThroughStream;
  /** Called when all of a good stream has come, which ends when it resolves: whether the call is to count it. */
  readonly atStreamEnd?: (() => Promise<boolean>) | undefined;
  /** Name, value, …: fields that say what the translation changed. */
  readonly warnings: readonly string[];
  /** The Content-Type of a stream that is not of server-sent events. */
  readonly streamType?: string | undefined;
}

const jsonFields = ["Content-Type", "application/json"];
const unbufferedFields = ["Cache-Control", "no-cache", "X-Accel-Buffering", "no"];
const eventFields = ["Content-Type", "text/event-stream; charset=utf-8", ...unbufferedFields];

export function relayFor(attempt: ProviderAttempt, { call, target, reading }: { call: AiCall; target: ModelTarget; reading: Reading }, provider: ProviderFields): AnswerRelay {
  const settle = attempt.settle.bind(attempt);
  const isJson = provider.contentType.startsWith("application/json");
  const fields = reading.warnings.length === 0 ? provider.fields : [...provider.fields, ...reading.warnings];
  if (!call.stream) {
    return new WholeRelay({ call, target, read: (body) => reading.read(body, provider.fields), fields, contentFields: jsonFields, settle });
  }
  // A server that does not stream, or an error with status 200: its answer is told as events.
  if (isJson) return new WholeRelay({ call, target, read: (body) => readUnstreamed(call, reading.dialect, body), fields, contentFields: eventFields, settle });
  const contentFields = reading.streamType === undefined ? eventFields : ["Content-Type", reading.streamType, ...unbufferedFields];
  return new StreamRelay({ call, target, stage: reading.stage(), fields, contentFields, settle, onContent: () => attempt.contentCame(), resume: () => attempt.resume(), atEnd: reading.atStreamEnd });
}
