/** A write before it has its place: what of it can be judged without the ledger (steps 1 to 4 of the decision order), and its body. */
import { createHash } from "node:crypto";
import type { Refusal } from "@parley/contract/problems/problem";
import { RefusalError } from "../../../../exchange/answer.ts";
import { type HeldBody, holdBody } from "../../../../exchange/held-body.ts";
import { codingOf, decoded } from "../../requests/content-coding.ts";
import { isPartial } from "../../requests/partial-put.ts";
import { isRefusal, parseWriteTokens, type WriteTokens } from "../../requests/write-tokens.ts";
import { type Complaint, complaintOfRow } from "../complaint.ts";
import { contender, type GuardedCall } from "../guarded-call.ts";
import type { ClientWrite } from "../resolution/merging.ts";
import { type UniqueValue, uniqueValue } from "../create/unique-create.ts";

export interface WriteRequest extends WriteTokens {
  held: HeldBody;
  /** Without its content coding; null where the body is too long to be looked at, in a coding that cannot be taken off, or a part of what is written. */
  client: ClientWrite | null;
  /** Of method, target and body; "" where there is no key to need it. */
  fingerprint: string;
  /** Of a create in a collection with a unique key. */
  unique: UniqueValue | null;
}

export type EarlyStop = { refusal: Refusal } | { complaint: Complaint };

export async function readWrite(call: GuardedCall): Promise<WriteRequest | EarlyStop> {
  const { exchange, plan } = call;
  const tokens = parseWriteTokens(exchange.headers);
  if (isRefusal(tokens)) return { refusal: tokens };
  const early = tooEarlyOrTooOften(call);
  if (early !== null) return early;
  const required = plan.settings.idempotency.require.some((method) => method.toUpperCase() === exchange.method);
  if (required && tokens.idempotencyKey === null) return { complaint: complaintOfRow("keyMissing", { detail: `${exchange.method} needs an Idempotency-Key here.` }) };
  try {
    const held = await holdBody(exchange.body, plan.maxBodyBytes);
    if (held.kind === "streamed") plan.large.met(call.path, "written");
    if (held.kind === "streamed" && tokens.idempotencyKey !== null) return { refusal: tooLongToRepeat(plan.maxBodyBytes) };
    const sent = held.kind === "held" ? { method: exchange.method, contentType: exchange.headers["content-type"] ?? "", bytes: held.bytes } : null;
    const client = sent === null || isPartial(exchange.method, exchange.headers) ? null : withoutCoding(sent, call);
    const unique = uniqueValue(plan, client);
    if (unique !== null && unique.repeated !== null) return { refusal: readTwoWays(unique.repeated) };
    return { ...tokens, held, client, fingerprint: tokens.idempotencyKey === null || sent === null ? "" : fingerprint(exchange.target + partOf(exchange), sent), unique };
  } catch (error) {
    if (error instanceof RefusalError) return { refusal: error.refusal };
    throw error;
  }
}

function withoutCoding(sent: ClientWrite, { exchange, plan }: GuardedCall): ClientWrite | null {
  const coding = codingOf(exchange.headers["content-encoding"]);
  if (coding === "" || sent.bytes.length === 0) return sent;
  const bytes = decoded(sent.bytes, coding, plan.maxBodyBytes);
  return bytes === null ? null : { ...sent, bytes };
}

/** Steps 2 and 3, which hold for whatever is not safe. */
export function tooEarlyOrTooOften(call: GuardedCall): EarlyStop | null {
  if (call.exchange.headers["early-data"] === "1") return { refusal: tooEarly };
  const waitMs = call.plan.contention.waitMs(contender(call));
  return waitMs > 0 ? { complaint: complaintOfRow("contention", { afterMs: waitMs }) } : null;
}

export function fingerprint(target: string, { method, contentType, bytes }: ClientWrite): string {
  return createHash("sha256").update(`${method}\0${target}\0${contentType}\0`).update(bytes).digest("base64url");
}

/** Equal bytes at another place are another write. */
function partOf({ method, headers }: GuardedCall["exchange"]): string {
  return isPartial(method, headers) ? `\0${headers["content-range"]}` : "";
}

const tooEarly: Refusal = { code: "too-early", detail: "The request came as early data, which can be recorded and sent again by others." };

function readTwoWays(pointer: string): Refusal {
  return { code: "repeated-member", detail: `The body has the member ${pointer} twice, so it cannot be said whether its unique value is there already.` };
}

function tooLongToRepeat(maxBytes: number): Refusal {
  return { code: "body-too-large", detail: `With an Idempotency-Key a body may have ${maxBytes} bytes here, since a repetition is told by it.` };
}
