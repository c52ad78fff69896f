/** The answer to a multipart batch of which something was answered by the gateway: the upstream's parts as they came, and the others in their places. */
import { STATUS_CODES } from "node:http";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Json } from "@parley/merge";
import { baseUrl } from "../../../../exchange/host.ts";
import { problemShape } from "../../../../exchange/problem-shape.ts";
import { fieldValue, withoutFields } from "../../../../exchange/raw-fields.ts";
import type { Answer } from "../../../../exchange/whole-answer.ts";
import type { GuardedCall } from "../../guard/guarded-call.ts";
import type { ItemEnd } from "../batch-report.ts";
import { boundaryOf } from "../../../../exchange/mime-parts.ts";
import { plainId } from "./part-item.ts";
import { type Changeset, isChangeset, type PartsBatch } from "./parts-batch.ts";
import { headBytes, multipart } from "./write-parts.ts";

export interface PartsReport {
  call: GuardedCall;
  batch: PartsBatch;
  ends: readonly ItemEnd[];
  /** Null where nothing was sent. */
  upstream: Answer | null;
  /** What is said of each item, for the one answer that a refused changeset has. */
  itemReports: (ends: readonly ItemEnd[]) => Json;
}

const ofTheBody: ReadonlySet<string> = new Set(["content-length", "content-type", "etag", "last-modified", "content-md5", "digest", "content-digest", "repr-digest"]);

export function reportInParts(report: PartsReport): Answer {
  const { batch, upstream, call } = report;
  const boundary = boundaryOf(fieldValue(upstream?.rawHeaders ?? [], "content-type") ?? "") ?? `batch-${call.exchange.id}`;
  const parts = batch.parts.map((part) => (isChangeset(part) ? changesetPart(report, part) : itemPart(report, report.ends[part.index] as ItemEnd)));
  const body = multipart(boundary, parts);
  const rawHeaders = [...withoutFields(upstream?.rawHeaders ?? [], ofTheBody), "Content-Type", `multipart/mixed; boundary="${boundary}"`, "Content-Length", String(body.length)];
  return { status: upstream?.status ?? 200, rawHeaders, statusText: "", body };
}

/** A changeset that was not carried out has one answer: why. */
function changesetPart(report: PartsReport, { members }: Changeset): Buffer {
  const ends = members.map(({ index }) => report.ends[index] as ItemEnd);
  const said = ends.find(({ part }) => part?.isForAll === true)?.part;
  if (said) return said.bytes;
  const reason = ends.find(({ refusal }) => refusal !== null && refusal.code !== "batch-refused") ?? ends.find(({ refusal }) => refusal !== null);
  if (reason?.refusal) return madePart(report, reason, { ...reason.refusal, extensions: { ...reason.refusal.extensions, items: report.itemReports(ends) } });
  const boundary = `changeset-${report.call.exchange.id}.${members[0]?.index ?? 0}`;
  return Buffer.concat([headBytes(["Content-Type", `multipart/mixed; boundary="${boundary}"`]), multipart(boundary, ends.map((end) => itemPart(report, end)))]);
}

function itemPart(report: PartsReport, end: ItemEnd): Buffer {
  return end.part?.bytes ?? madePart(report, end, end.refusal);
}

const unanswered: Refusal = { code: "outcome-unknown", detail: "The upstream's answer says nothing of this part." };

function madePart(report: PartsReport, end: ItemEnd, refusal: Refusal | null): Buffer {
  const { exchange } = report.call;
  const said = refusal === null && end.answer !== null ? end.answer : problemShape.answer({ id: exchange.id, path: end.item.path, baseUrl: baseUrl(exchange) }, refusal ?? unanswered);
  const line = Buffer.from(`HTTP/1.1 ${said.status} ${STATUS_CODES[said.status] ?? ""}\r\n`, "latin1");
  const fields = [...withoutFields(said.rawHeaders, ofTheMessage), ...(said.body.length > 0 || said.status !== 204 ? ["Content-Length", String(said.body.length)] : [])];
  return Buffer.concat([headBytes(["Content-Type", "application/http", "Content-Transfer-Encoding", "binary", ...idField(end)]), line, headBytes(fields), said.body]);
}

const ofTheMessage: ReadonlySet<string> = new Set(["content-length", "transfer-encoding", "connection"]);

/** In angle brackets it is as Google's services have it, which answer with another one. */
function idField({ item: { id } }: ItemEnd): string[] {
  if (typeof id !== "string") return [];
  return ["Content-ID", id.startsWith("<") ? `<response-${plainId(id)}>` : id];
}
