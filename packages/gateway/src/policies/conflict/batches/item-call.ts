/** An item of a batch as a call of its own, which the guard treats like any other; only its way to the upstream is shared. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../../exchange/answer.ts";
import { bodyOf, derivedExchange, withoutHeaders } from "../../../exchange/derived-exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import type { GuardedCall } from "../guard/guarded-call.ts";
import { fingerprint, type WriteRequest } from "../guard/write/write-request.ts";
import { parsePreconditions } from "../preconditions/index.ts";
import { lockToken } from "../requests/write-tokens.ts";
import type { BatchItem } from "./batch-item.ts";

export interface ItemAnswer {
  status: number;
  rawHeaders: string[];
  body: Buffer;
}

/** Keeps what an item is answered, instead of a client. */
export class ItemSink implements AnswerSink {
  answer: ItemAnswer | null = null;
  refusal: Refusal | null = null;

  head(status: number, rawHeaders: string[]): void {
    if (status >= 200) this.answer = { status, rawHeaders, body: Buffer.alloc(0) };
  }

  /** An item's answer is a part of the batch's, which is bounded as a whole. */
  data(chunk: Buffer): boolean {
    if (this.answer !== null) this.answer.body = Buffer.concat([this.answer.body, chunk]);
    return true;
  }

  end(): void {}

  fault(refusal: Refusal): void {
    this.refusal = refusal;
  }

  onDrain(): void {}
}

export interface ItemCall {
  item: BatchItem;
  call: GuardedCall;
  request: WriteRequest;
  sink: ItemSink;
}

const ofTheBatch: ReadonlySet<string> = new Set(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "content-type", "content-length", "content-encoding", "transfer-encoding", "idempotency-key", "lock-token", "expect", "digest", "content-digest"]);

/** A part of a multipart batch has its own. */
const ofTheBatchAlone: ReadonlySet<string> = new Set([...ofTheBatch, "accept", "accept-language", "accept-charset", "prefer"]);

/** A refusal where its precondition or its token cannot be read. */
export function itemCall(batch: GuardedCall, item: BatchItem, next: Handler): ItemCall | Refusal {
  const { plan, exchange } = batch;
  const bytes = item.body ?? Buffer.alloc(0);
  const own = ["content-type", item.contentType, ...field("if-match", item.ifMatch), ...field("if-none-match", item.ifNoneMatch), ...field("lock-token", item.lockToken), ...field("idempotency-key", item.idempotencyKey), ...(item.fields ?? [])];
  const stripped = withoutHeaders(exchange, item.fields === null ? ofTheBatch : ofTheBatchAlone);
  const headers = { ...stripped.headers, ...Object.fromEntries(own.flatMap((name, index) => (index % 2 === 0 ? [[name, own[index + 1]]] : []))) };
  const preconditions = parsePreconditions(headers, plan.ports.now());
  if (!preconditions.ok) return { code: "malformed-precondition", detail: `Item ${item.index}: ${preconditions.problem}.` };
  const token = lockToken(headers["lock-token"]);
  if (typeof token === "object" && token !== null) return token;
  const sink = new ItemSink();
  const asItsOwn = derivedExchange(exchange, {
    method: item.method, path: item.path, target: item.path + item.query, rest: (plan.servicePath === "/" ? item.path : item.path.slice(plan.servicePath.length)) + item.query,
    rawHeaders: [...stripped.rawHeaders, ...own], headers, body: bodyOf(bytes), answerFields: [], step: () => {}, onClientGone: () => {},
  });
  const call: GuardedCall = { plan: { ...plan, next }, exchange: asItsOwn, sink, path: item.path, query: item.query, consumer: batch.consumer, preconditions: preconditions.value };
  const client = item.body === null ? null : { method: item.method, contentType: item.contentType, bytes };
  return { item, call, sink, request: { idempotencyKey: item.idempotencyKey, lockToken: token, held: { kind: "held", bytes, body: asItsOwn.body }, client, fingerprint: item.idempotencyKey === null || client === null ? "" : fingerprint(asItsOwn.target, client), unique: item.unique } };
}

function field(name: string, value: string | null): string[] {
  return value === null ? [] : [name, value];
}

