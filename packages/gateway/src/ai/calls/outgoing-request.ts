// Hot path: once for each attempt at a provider.
/** The request to a provider: passed through where it speaks the caller's dialect. What is translated is in translated-request.ts. */
import type { Readable } from "node:stream";
import { isWhole, lengthOf } from "../../upstreams/body-pieces.ts";
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import type { OutgoingRequest } from "../../upstreams/transport.ts";
import type { PassThrough } from "../conversation/pass-through.ts";
import type { TranslationNotes } from "../conversation/translation-notes.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { bendBytes } from "../models/quirks.ts";
import type { AiCall } from "./ai-call.ts";

/** Throws a `RefusalError` where the provider does not have what the caller asks. */
export function passedRequest(call: AiCall, target: ModelTarget, { passThrough, notes }: { passThrough: PassThrough; notes: TranslationNotes }): OutgoingRequest {
  const { rawHeaders } = call.exchange;
  const change = { model: target.model, stream: call.stream, found: call.found, rawHeaders, notes };
  const rewritten = passThrough.rewriteRequest(call.body, call.head, change);
  const { quirks } = target.account;
  const body = quirks ? bendBytes(rewritten, quirks, notes) : rewritten;
  return outgoing({ call, target, path: passThrough.path(change), fields: passedFields(rawHeaders, passThrough), body, ...(call.stream && passThrough.streamType !== undefined && { accept: passThrough.streamType }) });
}

export function passedFields(raw: readonly string[], { requestFields, requiredFields }: Pick<PassThrough, "requestFields" | "requiredFields">): string[] {
  const fields: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    if (requestFields.has(name)) fields.push(name, raw[index + 1] ?? "");
  }
  for (let index = 0; index < requiredFields.length; index += 2) {
    const name = requiredFields[index] ?? "";
    if (!fields.includes(name)) fields.push(name, requiredFields[index + 1] ?? "");
  }
  return fields;
}

interface Outgoing {
  call: AiCall;
  target: ModelTarget;
  path: string;
  fields: readonly string[];
  /** Null for a request without one. */
  body: WholeBody | Readable | null;
  /** Of a body that is a stream, where it is known. */
  bodyBytes?: number | null;
  /** JSON unless said otherwise. */
  contentType?: string;
  accept?: string;
  /** POST unless said otherwise. */
  method?: string;
}

/** Without the credentials: these are added when the request is sent, with the key that is chosen then. */
export function outgoing({ call, target, path, fields, method = "POST", body: given, bodyBytes = null, contentType = "application/json", accept }: Outgoing): OutgoingRequest {
  const { account } = target;
  const body = account.surface?.body && given && isWhole(given) ? account.surface.body(given, path) : given;
  const wanted = account.surface ? account.surface.path(path, { model: target.model, stream: call.stream }) : path;
  const rawHeaders = ["Host", account.host];
  if (!fields.includes("accept")) rawHeaders.push("Accept", accept ?? (call.stream ? "text/event-stream" : "application/json"));
  rawHeaders.push("User-Agent", "parley");
  if (body) addContent(rawHeaders, { contentType, length: isWhole(body) ? lengthOf(body) : bodyBytes });
  for (const field of fields) rawHeaders.push(field);
  return {
    origin: account.origin,
    method,
    path: account.basePath + wanted,
    rawHeaders,
    body,
    timeouts: { connectMs: account.timeouts.connectMs, firstByteMs: target.firstByteMs, idleMs: target.idleMs },
  };
}

/** A stream of unknown length is sent in chunks. */
function addContent(rawHeaders: string[], { contentType, length }: { contentType: string; length: number | null }): void {
  rawHeaders.push("Content-Type", contentType);
  if (length !== null) rawHeaders.push("Content-Length", String(length));
}
