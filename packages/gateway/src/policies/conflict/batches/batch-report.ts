/**
 * What the client of a batch is told: the upstream's own answer where every item is as it says; else that answer with what was
 * refused put in where it belongs; or, where the service does not say how its answers look, a report of the gateway's own.
 */
import { STATUS_CODES } from "node:http";
import type { Batch } from "@parley/contract/config/batches";
import type { Refusal } from "@parley/contract/problems/problem";
import { type Json, resolvePointer } from "@parley/merge";
import { baseUrl } from "../../../exchange/host.ts";
import { problemShape } from "../../../exchange/problem-shape.ts";
import { fieldValue, withoutFields } from "../../../exchange/raw-fields.ts";
import type { Answer } from "../../../exchange/whole-answer.ts";
import type { GuardedCall } from "../guard/guarded-call.ts";
import { parseJson } from "../requests/json-body.ts";
import { formatOf, formatOfAnswer } from "./batch-format.ts";
import type { BatchItem } from "./batch-item.ts";
import type { SaidPart } from "./multipart/answered-parts.ts";
import { reportInParts } from "./multipart/report-in-parts.ts";
import type { PartsBatch } from "./multipart/parts-batch.ts";
import { parseAsWritten, withValueAt } from "../requests/json-as-written.ts";
import type { BatchTrip } from "./batch-trip.ts";
import type { ItemAnswer } from "./item-call.ts";

/** How one item ended. */
export interface ItemEnd {
  item: BatchItem;
  /** What it is answered: the gateway's refusal, or an answer. */
  refusal: Refusal | null;
  answer: ItemAnswer | null;
  /** Where the upstream's answer has it; null where it has not, or says something else than the guard has made of it. */
  at: number | null;
  /** Of an answer in parts, where it stands as the upstream has it. */
  part: SaidPart | null;
  /** It is answered otherwise than the upstream has it. */
  isChanged: boolean;
}

export interface Report {
  call: GuardedCall;
  settings: Batch;
  /** Of a multipart batch. */
  parts: PartsBatch | null;
  ends: readonly ItemEnd[];
  trip: Pick<BatchTrip, "answer" | "fault" | "isLost" | "isRefused">;
}

export function batchAnswer(report: Report): Answer | Refusal {
  const { ends, settings, trip } = report;
  const upstream = trip.answer;
  if (trip.fault !== null) return { ...(trip.isLost ? lost : trip.fault), extensions: { ...trip.fault.extensions, items: itemReports(report) } };
  if (trip.isRefused) return nothingSent(report);
  if (upstream !== null && !ends.some(({ isChanged }) => isChanged)) return withLinks(report, upstream);
  if (report.parts !== null && (upstream === null || upstream.status < 400)) return withLinks(report, reportInParts({ call: report.call, batch: report.parts, ends, upstream, itemReports: (of) => of.map((end) => itemReport(report.call, end)) }));
  const shaped = settings.results !== undefined && (upstream === null || upstream.status < 400) ? inShape(report, settings.results) : null;
  if (shaped !== null) return withLinks(report, shaped);
  return upstream === null && ends.every(({ refusal }) => refusal !== null) ? nothingSent(report) : withLinks(report, ownReport(report));
}

const lost: Refusal = { code: "outcome-unknown", detail: "The connection was lost after the batch had been sent and before its answer came." };

/** With the status that all items have, where they have one: a batch of one is refused as its item would have been. */
function nothingSent(report: Report): Refusal {
  const items = itemReports(report);
  const refused = report.ends.filter(({ refusal }) => refusal !== null);
  const statuses = new Set(items.map(({ status }) => status));
  const [status] = statuses.size === 1 ? statuses : [];
  const waits = refused.map(({ refusal }) => Number(refusal?.headers?.["Retry-After"] ?? 0));
  return {
    code: "batch-refused", detail: `${refused.length} of ${items.length} items were refused, and nothing was sent.`, extensions: { items },
    ...(typeof status === "number" ? { status } : {}), ...(waits.length > 0 && waits.every((seconds) => seconds > 0) ? { headers: { "Retry-After": String(Math.max(...waits)) } } : {}),
  };
}

function itemReports({ call, ends }: Report): Record<string, Json>[] {
  return ends.map((end) => itemReport(call, end));
}

/** Null where the upstream's answer has no list to put it into. */
function inShape({ call, settings, ends, trip: { answer: upstream } }: Report, results: NonNullable<Batch["results"]>): Answer | null {
  // Lines have no place for a list in a document.
  const format = upstream === null ? formatOf(results.items === "" ? settings : { format: "json" }) : formatOfAnswer(upstream);
  const document = upstream === null ? (results.items === "" ? [] : {}) : format.readAsWritten(upstream.body);
  const list = document === undefined ? undefined : upstream === null ? [] : resolvePointer(document, results.items);
  if (document === undefined || !Array.isArray(list)) return null;
  const inWords = list.some((result) => results.status !== undefined && typeof resolvePointer(result, results.status) === "string");
  const made = ends.map((end) => (end.at === null ? madeResult(call, end, { results, inWords }) : (list[end.at] ?? null)));
  const body = format.write(withValueAt(document, results.items, made));
  const rawHeaders = [...withoutFields(upstream?.rawHeaders ?? [], ofTheBody), "Content-Type", fieldValue(upstream?.rawHeaders ?? [], "content-type") ?? format.contentType, "Content-Length", String(body.length)];
  return { status: upstream?.status ?? 200, rawHeaders, statusText: "", body };
}

const ofTheBody: ReadonlySet<string> = new Set(["content-length", "content-type", "etag", "last-modified", "content-md5", "digest", "content-digest", "repr-digest"]);

function madeResult(call: GuardedCall, end: ItemEnd, { results, inWords }: { results: NonNullable<Batch["results"]>; inWords: boolean }): Json {
  const problem = end.refusal === null ? null : problemOf(call, end.refusal);
  const status = problem?.status ?? end.answer?.status ?? 200;
  let result: Json = {};
  if (results.id !== undefined && end.item.id !== null) result = withValueAt(result, results.id, end.item.id);
  result = withValueAt(result, results.status ?? "/status", inWords ? `${status} ${STATUS_CODES[status] ?? ""}`.trim() : status);
  if (problem === null) return withBody(result, results.body ?? "/body", end.answer);
  if (results.error !== undefined) result = withValueAt(result, results.error, problem.code);
  return withValueAt(result, results.body ?? "/problem", problem);
}

function withBody(result: Json, pointer: string, answer: ItemAnswer | null): Json {
  const document = answer === null || answer.body.length === 0 ? undefined : parseJson(answer.body);
  return document === undefined ? result : withValueAt(result, pointer, document);
}

function ownReport(report: Report): Answer {
  const upstream = report.trip.answer;
  const said = upstream === null ? undefined : (parseAsWritten(upstream.body) ?? upstream.body.toString("utf8"));
  const body = Buffer.from(JSON.stringify({ items: itemReports(report), ...(upstream === null ? {} : { upstream: { status: upstream.status, body: said } }) }));
  return { status: 207, rawHeaders: ["Content-Type", "application/json", "Content-Length", String(body.length), "Cache-Control", "no-store"], statusText: "", body };
}

function itemReport(call: GuardedCall, { item, refusal, answer }: ItemEnd): Record<string, Json> {
  const problem = refusal === null ? null : problemOf(call, refusal);
  const status = problem?.status ?? answer?.status;
  return {
    index: item.index, ...(item.id === null ? {} : { id: item.id }), method: item.method, resource: item.path,
    ...(status === undefined ? {} : { status }), outcome: outcomeOf(problem, status), ...(problem === null ? {} : { problem }),
  };
}

function outcomeOf(problem: ProblemDocument | null, status: number | undefined): string {
  if (problem !== null) return typeof problem["outcome"] === "string" ? problem["outcome"] : "not-applied";
  if (status === undefined) return "not-applied";
  return status < 400 ? "applied" : status < 500 ? "not-applied" : "unknown";
}

type ProblemDocument = { status: number; code: string } & Record<string, Json>;

function problemOf(call: GuardedCall, refusal: Refusal): ProblemDocument {
  const { exchange, path } = call;
  return JSON.parse(problemShape.answer({ id: exchange.id, path, baseUrl: baseUrl(exchange) }, refusal).body.toString("utf8")) as ProblemDocument;
}

/** RFC 8288 §3.2: an anchor says which resource a link is about. */
function withLinks({ ends }: Report, answer: Answer): Answer {
  const links = ends.flatMap(({ item, answer: said }) => {
    const link = said === null ? undefined : fieldValue(said.rawHeaders, "link");
    return link === undefined ? [] : [`${link}; anchor="${item.path.replaceAll('"', "%22")}"`];
  });
  return links.length === 0 ? answer : { ...answer, rawHeaders: [...answer.rawHeaders, "Link", links.join(", ")] };
}
