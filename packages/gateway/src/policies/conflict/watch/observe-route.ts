/**
 * Hot path (benchmark: observe). Observe mode: taps a route's reads and writes, changes no byte and refuses nothing. Finds
 * silent lost updates and overlapping edits, and diagnoses the conflicts that the upstream reports by itself.
 */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import { routeOf } from "../../../pipeline/route-parts.ts";
import { canDecode, codingOf } from "../requests/content-coding.ts";
import { isJson, patchKind } from "../requests/json-body.ts";
import { isPartial } from "../requests/partial-put.ts";
import { resourcePath } from "../requests/resource-path.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { derivedExchange } from "../../../exchange/derived-exchange.ts";
import { refusalBodyBytes } from "../requests/refusal-text.ts";
import { varyView } from "../validators/index.ts";
import type { Actor } from "./actor.ts";
import { AnswerTap } from "./answer-tap.ts";
import { upstreamConflictRecord } from "./found-records.ts";
import type { ObservedRoute } from "./observed-route.ts";
import type { WriteSeen } from "./observer.ts";
import { tappedBody } from "./tapped-body.ts";
import { joined } from "./pieces.ts";

/** One handler for all routes that observe. */
export function observing(next: Handler): Handler {
  return (exchange, sink) => {
    const route = routeOf(exchange).observed as ObservedRoute;
    // A tunnel is no read. A write that also offers to switch is one where nobody switches: what becomes of a tunnel never comes by the tap.
    if (exchange.upgrade !== null && exchange.method === "GET") return next(exchange, sink);
    switch (exchange.method) {
      case "GET":
      case "HEAD":
        return next(exchange, readTap(route, exchange, sink));
      case "PUT":
      case "PATCH":
      case "DELETE":
      case "POST":
        return observeWrite(route, { exchange, sink, next });
      default:
        return next(exchange, sink);
    }
  };
}

function readTap(route: ObservedRoute, exchange: Exchange, sink: AnswerSink): AnswerTap {
  let stampMs = 0;
  return new AnswerTap(sink, {
    wanted: (status, rawHeaders) => {
      stampMs = route.watcher.nowMs();
      return status === 200 && exchange.method === "GET" && isReadable(rawHeaders) ? route.maxBody : 0;
    },
    passed: (status, rawHeaders, body) => {
      if (status !== 200 && status !== 206 && status !== 304 && status !== 404 && status !== 410) return;
      const path = resourcePath(exchange.path);
      if (status === 404 || status === 410) return route.watcher.removed(path);
      const form = body === null ? null : formOf(exchange, rawHeaders);
      route.watcher.read({ path, form: form ?? "", actor: route.actorOf(exchange).name, at: exchange.record.at, body: form === null ? null : body, coding: codingIn(rawHeaders) }, stampMs);
    },
  });
}

/** JSON, in a content coding that can be taken off again. */
function isReadable(rawHeaders: readonly string[]): boolean {
  const coding = codingIn(rawHeaders);
  return (coding === "" || canDecode(coding)) && isJson(fieldValue(rawHeaders, "content-type") ?? "");
}

function codingIn(rawHeaders: readonly string[]): string {
  return codingOf(fieldValue(rawHeaders, "content-encoding"));
}

/** Fields that select among forms of one and the same JSON document are no forms of their own. Null: nobody can say. */
function formOf(exchange: Exchange, rawHeaders: readonly string[]): string | null {
  const query = exchange.rest.indexOf("?");
  const vary = fieldValue(rawHeaders, "vary");
  if (vary === undefined && query === -1) return "";
  const fields = vary?.split(",").filter((name) => !/^\s*(?:accept|origin|user-agent|access-control-request-.*)\s*$/i.test(name)).join(",");
  const view = varyView(fields, exchange.keySecret === null ? exchange.headers : { ...exchange.headers, authorization: undefined });
  if (view === null) return null;
  const selected = view.split("\n").some((line) => line !== "" && !line.endsWith(":undefined") && !line.endsWith(":"));
  return (query === -1 ? "" : exchange.rest.slice(query)) + (selected ? `\n${view}` : "");
}

function observeWrite(route: ObservedRoute, { exchange, sink, next }: { exchange: Exchange; sink: AnswerSink; next: Handler }): void | Promise<void> {
  const kind = writeKind(exchange);
  let written: Buffer | null = null;
  const tapped = kind === "unknown" ? exchange : derivedExchange(exchange, { upgrade: exchange.upgrade, body: tappedBody(exchange.body, route.maxBody, (bytes) => (written = bytes)) });
  const tap = new AnswerTap(sink, {
    wanted: (status, rawHeaders) => {
      if (status === 409 || status === 412 || route.stale.statuses.has(status)) return refusalBodyBytes;
      return status < 300 && kind !== "unknown" && isReadable(rawHeaders) ? route.maxBody : 0;
    },
    passed: (status, rawHeaders, body) => {
      if (status >= 400) return noteRefusal(route, exchange, { status, rawHeaders, body: joined(body ?? []) });
      if (status < 300) writeEnded(route, exchange, { kind, body: written, coding: codingOf(exchange.headers["content-encoding"]), answer: body, answerCoding: codingIn(rawHeaders) });
    },
  });
  return next(tapped, tap);
}

function noteRefusal(route: ObservedRoute, exchange: Exchange, answer: { status: number; rawHeaders: readonly string[]; body: Buffer }): void {
  const { status } = answer;
  if (status === 409 || status === 412 || route.stale.matches(answer)) {
    // What a POST was made from is not what is at its address.
    const overtaken = exchange.method === "POST" ? null : route.watcher.overtaken(resourcePath(exchange.path), route.actorOf(exchange).name);
    const record = upstreamConflictRecord(route, exchange, { ...answer, overtaken });
    name(exchange, record);
    route.ports.book.record(record);
  }
}

function writeEnded(route: ObservedRoute, exchange: Exchange, write: Pick<WriteSeen, "kind" | "body" | "coding" | "answer" | "answerCoding">): void {
  const path = resourcePath(exchange.path);
  // What a POST does to a resource of this name is anybody's guess, and what is deleted has nothing left to lose.
  if (exchange.method === "DELETE" || exchange.method === "POST") return route.watcher.removed(path);
  const actor: Actor = route.actorOf(exchange);
  const about = { method: exchange.method, consumer: exchange.caller?.consumer ?? null, status: exchange.record.status ?? 200, probable: actor.probable, expected: [exchange.headers["if-match"]].flatMap((tags) => tags?.slice(0, 1_000) ?? []) };
  const record = route.watcher.write({ ...write, path, actor: actor.name, at: exchange.record.at, callId: exchange.id }, about);
  if (record !== null) name(exchange, record);
}

/** In the call's record. */
function name(exchange: Exchange, record: ConflictRecord): void {
  exchange.record.cause = record.cause;
  exchange.record.conflict = record.id;
}

function writeKind(exchange: Exchange): WriteSeen["kind"] {
  const contentType = exchange.headers["content-type"] ?? "";
  const coding = codingOf(exchange.headers["content-encoding"]);
  if ((coding !== "" && !canDecode(coding)) || isPartial(exchange.method, exchange.headers) || !isJson(contentType)) return "unknown";
  if (exchange.method === "PUT") return "replace";
  return exchange.method === "PATCH" && patchKind(contentType) === "merge-patch" ? "patch" : "unknown";
}
