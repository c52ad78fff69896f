/** Calls: pages of the log, what is in it, files of it, one call, and calls as they end. */
import { allOf, between, term } from "@parley/contract/query/write";
import { callRecord } from "@parley/contract/api/calls";
import type { CallBodies } from "@parley/contract/call-bodies";
import type { CallRecord } from "@parley/contract/call-record";
import { refuse } from "../../refusal.ts";
import { readColumns, readFields, readQuery, readRange } from "../../calls/call-question.ts";
import { queryOfFilter } from "../../calls/filter-query.ts";
import { completeQuery } from "../../calls/complete-query.ts";
import { tokenHash } from "../../sign-in/tokens.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers, OperationRequest } from "../handler.ts";
import { fromCallLog } from "./from-call-log.ts";

type Names = "listCalls" | "liveCalls" | "getCall" | "getCallBodies" | "callFacets" | "callFields" | "exportCalls" | "watchLive";

const mostFacets = 12;
const soonMs = 60_000;

/**
 * Without an end a question ends now, or a minute later for clocks that are corrected: calls of a time when the clock was
 * ahead would stand before those of this moment until it is there again. Who wants them says until when.
 */
function untilSoon(plane: ControlPlane): number {
  return plane.now() + soonMs;
}

export function callHandlers(plane: ControlPlane): Pick<Handlers, Names> {
  return {
    listCalls: async ({ query: { query: text, cursor, columns, after, ...filter }, signal }) => {
      const members = readColumns(columns);
      const search = { ...filter, to: filter.to ?? untilSoon(plane), after: after ?? cursor, where: readQuery(text, plane.now()), ...(members === null ? {} : { members }) };
      return { body: await fromCallLog(() => plane.callLog.find(search, signal)) };
    },
    callFacets: async ({ query, signal }) => ({ body: await facetsOf(plane, { query, signal }) }),
    callFields: async ({ query }) => ({ body: { items: await fromCallLog(() => completeQuery(plane.callLog, { ...query, now: plane.now() })) } }),
    exportCalls: async ({ query }) => exportOf(plane, query),
    getCall: async ({ path }) => {
      const call = plane.live.recent.get(path.id) ?? (await fromCallLog(() => plane.callLog.get(path.id)));
      return { body: call ?? refuse("not-found", `the call log has no call ${path.id}`, { fix: "A call is in the log within a second of its end, for as long as `logging.retain` says." }) };
    },
    getCallBodies: async ({ path, query: { absent } }) => ({ body: await bodiesOf(plane, path.id, absent) }),
    liveCalls: async (request) => ({ stream: watch(plane, request, { text: queryOfFilter(request.query), full: false }) }),
    watchLive: async (request) => ({ stream: watch(plane, request, { text: (request.query.query ?? "").trim(), full: true }) }),
  };
}

async function bodiesOf(plane: ControlPlane, id: string, absent: "refuse" | "empty"): Promise<CallBodies> {
  if (plane.bodies === null) refuse("call-log-unavailable", "the store of bodies cannot be opened; the log of the control plane says why");
  const kept = await plane.bodies.read(id);
  if (kept === null && absent === "empty") return { request: null, response: null };
  return kept ?? refuse("not-found", `no bodies of the call ${id} are kept`, { fix: "Bodies are kept as `logging.bodies` said when the call was made: of none, of those that met a conflict, or of all; within `logging.retain` and `logging.bodiesBytes`." });
}

function watch(plane: ControlPlane, { caller, headers }: Pick<OperationRequest<"watchLive">, "caller" | "headers">, { text, full }: { text: string; full: boolean }): ReadableStream<Uint8Array> {
  const token = caller.sessionToken;
  const stream = plane.live.watch({
    query: readQuery(text, plane.now()),
    text,
    full,
    lastSeen: headers.get("last-event-id"),
    person: caller.name,
    tokenHash: token === null ? null : tokenHash(token),
    stillAllowed: async () => token === null || (await plane.signIn.session(token)) !== null,
  });
  return stream ?? refuse("too-many-attempts", "too many people watch calls live at this moment", { status: 503, headers: { "Retry-After": "10" } });
}

async function facetsOf(plane: ControlPlane, { query, signal }: { query: Parameters<Handlers["callFacets"]>[0]["query"]; signal: AbortSignal }): Promise<NonNullable<Awaited<ReturnType<Handlers["callFacets"]>>["body"]>> {
  const { range, text } = readRange({ ...query, to: query.to ?? untilSoon(plane) }, plane.now());
  const found = await fromCallLog(() => plane.callLog.facets(range, { fields: readFields(query.by, mostFacets), values: query.limit }, signal));
  const during = query.from === undefined && query.to === undefined ? "" : between(query.from ?? 0, query.to ?? plane.now());
  return {
    calls: found.calls,
    facets: found.fields.map(({ field, values, ...rest }) => ({ field, ...rest, values: values.map(({ value, calls }) => ({ value, calls, query: allOf(text, during, term(field, value)) })) })),
  };
}

const contentTypes = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson", parquet: "application/vnd.apache.parquet" } as const;

async function exportOf(plane: ControlPlane, query: Parameters<Handlers["exportCalls"]>[0]["query"]): ReturnType<Handlers["exportCalls"]> {
  const { range } = readRange(query, plane.now());
  const members = readColumns(query.columns) ?? (Object.keys(callRecord.shape) as (keyof CallRecord)[]);
  const pieces = plane.callLog.export(range, { format: query.format, limit: query.limit, members })[Symbol.asyncIterator]();
  // The first piece now: what goes wrong at once is still a proper refusal.
  const first = await fromCallLog(() => pieces.next());
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => (first.done ? controller.close() : controller.enqueue(first.value)),
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await pieces.return?.(undefined);
      },
    },
    { highWaterMark: 1 },
  );
  return { stream, contentType: contentTypes[query.format], headers: { "Content-Disposition": `attachment; filename="calls-${new Date(plane.now()).toISOString().slice(0, 10)}.${query.format}"` } };
}

