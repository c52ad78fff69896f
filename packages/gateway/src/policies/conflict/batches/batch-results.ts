/** What the upstream's answer to a batch says of each item, as if it had answered them one by one. */
import type { Batch } from "@parley/contract/config/batches";
import { equalJson, type Json, resolvePointer } from "@parley/merge";
import type { Answer } from "../../../exchange/whole-answer.ts";
import { parseEntityTag } from "../validators/index.ts";
import type { SaidPart } from "./multipart/answered-parts.ts";
import { formatOfAnswer } from "./batch-format.ts";
import type { BatchItem } from "./batch-item.ts";
import type { ItemAnswer } from "./item-call.ts";

export interface ItemResult {
  answer: ItemAnswer;
  /** Where it stands in the answer's list; null where the answer says nothing of its items. */
  at: number | null;
  /** Of an answer in parts: the one that says it. */
  part?: SaidPart;
}

/** One for each item that was sent, in their order. */
export function itemResults({ results }: Batch, sent: readonly BatchItem[], answer: Answer): ItemResult[] {
  const list = results === undefined || answer.status >= 400 ? undefined : resolvePointer(formatOfAnswer(answer).read(answer.body), results.items);
  const asAWhole: ItemResult = { answer: wholeAnswer(answer), at: null };
  if (results === undefined || !Array.isArray(list)) return sent.map(() => asAWhole);
  return sent.map((item, place) => {
    const at = results.id === undefined ? (list.length === sent.length ? place : -1) : resultOfId(list, { item, place, pointer: results.id });
    const result = list[at];
    return result === undefined ? asAWhole : { answer: itemAnswer(results, result, answer.status), at };
  });
}

function resultOfId(list: readonly Json[], { item, place, pointer }: { item: BatchItem; place: number; pointer: string }): number {
  if (item.id === null) return place;
  const at = list.findIndex((result) => equalJson(resolvePointer(result, pointer) ?? null, item.id));
  return at;
}

/** The body of a refusal says why; that of a success is the batch's and no item's. */
function wholeAnswer({ status, rawHeaders, body }: Answer): ItemAnswer {
  return status >= 400 ? { status, rawHeaders, body } : { status, rawHeaders: [], body: Buffer.alloc(0) };
}

function itemAnswer(at: NonNullable<Batch["results"]>, result: Json, wholeStatus: number): ItemAnswer {
  const status = statusOf(at, result, wholeStatus);
  const etag = at.etag === undefined ? undefined : resolvePointer(result, at.etag);
  const tag = typeof etag === "string" && parseEntityTag(etag) !== null ? ["ETag", etag] : [];
  const body = (at.body === undefined ? undefined : resolvePointer(result, at.body)) ?? (status >= 400 ? result : undefined);
  return { status, rawHeaders: [...(body === undefined ? [] : ["Content-Type", "application/json"]), ...tag], body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)) };
}

/** A number, or a text that begins with one, such as "412 Precondition Failed". */
function statusOf(at: NonNullable<Batch["results"]>, result: Json, wholeStatus: number): number {
  const said = at.status === undefined ? undefined : resolvePointer(result, at.status);
  const digits = /^\s*([1-5]\d\d)\b/.exec(typeof said === "number" || typeof said === "string" ? String(said) : "")?.[1];
  if (digits !== undefined) return Number(digits);
  const error = at.error === undefined ? undefined : resolvePointer(result, at.error);
  if (error === undefined || error === null || error === false) return wholeStatus;
  return /conflict/i.test(JSON.stringify(result)) ? 409 : 422;
}
