/** Another request in the name of the same call: a refetch, or the write as it is really sent. Goes down the rest of the chain like any other. */
import type { Exchange, RequestBody } from "./exchange.ts";
import type { IncomingHttpHeaders } from "node:http";
import { withoutFields } from "./raw-fields.ts";

export function derivedExchange(exchange: Exchange, changes: Partial<Exchange>): Exchange {
  return {
    id: exchange.id,
    route: exchange.route ?? null,
    startedAt: exchange.startedAt,
    method: exchange.method,
    target: exchange.target,
    path: exchange.path,
    rest: exchange.rest,
    rawHeaders: exchange.rawHeaders,
    headers: exchange.headers,
    clientAddress: exchange.clientAddress,
    peer: exchange.peer,
    incomingTraceId: exchange.incomingTraceId,
    traceFlags: exchange.traceFlags,
    upgrade: null,
    caller: exchange.caller,
    keySecret: exchange.keySecret,
    answerFields: exchange.answerFields,
    record: exchange.record,
    body: exchange.body,
    onClientGone: (callback) => exchange.onClientGone(callback),
    onEnded: (callback) => exchange.onEnded(callback),
    step: (name, since) => exchange.step(name, since),
    ...(exchange.httpVersion === undefined ? {} : { httpVersion: exchange.httpVersion }),
    ...(exchange.version === undefined ? {} : { version: exchange.version }),
    ...(exchange.versionField === undefined ? {} : { versionField: exchange.versionField }),
    ...(exchange.versionPath === undefined ? {} : { versionPath: exchange.versionPath }),
    ...(exchange.upstreamFields === undefined ? {} : { upstreamFields: exchange.upstreamFields }),
    ...(exchange.sentOnce === undefined ? {} : { sentOnce: exchange.sentOnce }),
    ...changes,
  };
}

export function withoutHeaders(exchange: Exchange, lowerNames: ReadonlySet<string>): Pick<Exchange, "rawHeaders" | "headers"> {
  return { rawHeaders: withoutFields(exchange.rawHeaders, lowerNames), headers: headersWithout(exchange.headers, lowerNames) };
}

/** A copy of those that stay: an object that something was deleted from is slow to read for ever after. */
export function headersWithout(headers: IncomingHttpHeaders, lowerNames: ReadonlySet<string>): IncomingHttpHeaders {
  const kept: IncomingHttpHeaders = {};
  for (const name in headers) if (!lowerNames.has(name)) kept[name] = headers[name];
  return kept;
}

/** The draft of a record that nobody keeps: what a refetch counts is not the call's own. */
export function throwawayRecord(exchange: Pick<Exchange, "record">): Exchange["record"] {
  const { id, at, traceId, spanId } = exchange.record;
  return { id, at, attempts: 0, requestBytes: 0, responseBytes: 0, ...(traceId === undefined ? {} : { traceId }), ...(spanId === undefined ? {} : { spanId }) };
}

export const noBody: RequestBody = { stream: null, length: 0, failure: null, whole: () => Promise.resolve(Buffer.alloc(0)) };

export function bodyOf(bytes: Buffer): RequestBody {
  return bytes.length === 0 ? noBody : { stream: null, length: bytes.length, failure: null, whole: () => Promise.resolve(bytes) };
}

