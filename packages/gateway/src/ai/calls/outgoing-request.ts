// Hot path: once for each attempt at a provider.
/** The request to a provider: passed through where it speaks the caller's dialect, translated elsewhere. */
import type { Readable } from "node:stream";
import type { OutgoingRequest } from "../../upstreams/transport.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import type { PassThrough } from "../conversation/pass-through.ts";
import type { TranslationNotes } from "../conversation/translation-notes.ts";
import type { ModelTarget } from "../models/model-directory.ts";
import type { AiCall } from "./ai-call.ts";

export function passedRequest(call: AiCall, target: ModelTarget, passThrough: PassThrough): OutgoingRequest {
  const change = { model: target.model, stream: call.stream };
  const body = passThrough.rewriteRequest(call.body, call.head, change);
  return outgoing({ call, target, path: passThrough.path(change), fields: passedFields(call.exchange.rawHeaders, passThrough), body });
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

/** Throws a `RefusalError` where the dialect cannot say what the caller asks. */
export function translatedRequest(call: AiCall, target: ModelTarget, { dialect, notes }: { dialect: ProviderDialect; notes: TranslationNotes }): OutgoingRequest {
  const request = dialect.writeRequest(call.conversation, { model: target.model, stream: call.stream }, notes);
  return outgoing({ call, target, path: request.path, fields: request.headers, body: Buffer.from(stringify(request.body)) });
}

interface Outgoing {
  call: AiCall;
  target: ModelTarget;
  path: string;
  fields: readonly string[];
  /** Null for a request without one. */
  body: Buffer | Readable | null;
  /** Of a body that is a stream, where it is known. */
  bodyBytes?: number | null;
  /** JSON unless said otherwise. */
  contentType?: string;
  accept?: string;
  /** POST unless said otherwise. */
  method?: string;
}

export function outgoing({ call, target, path, fields, body, method, ...content }: Outgoing): OutgoingRequest {
  const { account } = target;
  const accept = content.accept ?? (call.stream ? "text/event-stream" : "application/json");
  return {
    origin: account.origin,
    method: method ?? "POST",
    path: account.basePath + path,
    rawHeaders: [
      "Host", account.host, "Accept", accept, "User-Agent", "parley", ...(body ? contentFields(body, content) : []), ...fields, ...account.credentials,
    ],
    body,
    timeouts: { connectMs: account.timeouts.connectMs, firstByteMs: account.timeouts.firstByteMs, idleMs: target.idleMs },
  };
}

/** A stream of unknown length is sent in chunks. */
function contentFields(body: Buffer | Readable, { bodyBytes, contentType = "application/json" }: Pick<Outgoing, "bodyBytes" | "contentType">): string[] {
  const length = Buffer.isBuffer(body) ? body.length : (bodyBytes ?? null);
  return ["Content-Type", contentType, ...(length === null ? [] : ["Content-Length", String(length)])];
}

/** Nesting that exhausts the stack is the caller's doing. */
export function stringify(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (error instanceof RangeError) return refuseParameter("invalid-request", "", "the body is nested too deeply");
    throw error;
  }
}
