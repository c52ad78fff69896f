/** The write as it goes upstream: without what the gateway has evaluated, with the fence, and with the version in the upstream's own way. */
import type { Json } from "@parley/merge";
import type { Exchange } from "../../../../exchange/exchange.ts";
import { derivedExchange, bodyOf, withoutHeaders } from "../../../../exchange/derived-exchange.ts";
import { parseJson } from "../../requests/json-body.ts";
import { formatEntityTag } from "../../validators/index.ts";
import { withVersion } from "../representation/adapters.ts";
import type { GuardedCall } from "../guarded-call.ts";
import type { Representation } from "../representation/representation.ts";
import type { WriteRequest } from "./write-request.ts";

const evaluatedHere: ReadonlySet<string> = new Set(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "lock-token"]);
const leaseOnly: ReadonlySet<string> = new Set(["lock-token"]);
/** What the client said of a body that is not the one that goes out. */
const ofTheBody: ReadonlySet<string> = new Set(["content-length", "content-encoding", "content-md5", "digest", "content-digest", "repr-digest"]);
const adapted: ReadonlySet<string> = new Set([...evaluatedHere, ...ofTheBody, "content-type"]);

export interface Outgoing {
  call: GuardedCall;
  request: WriteRequest;
  /** Null where there is no ledger to give one. */
  fence: number | null;
  /** Null where nothing was looked at. */
  current: Representation | null;
  /** In the place of the client's body. */
  merged: Buffer | null;
}

export function outgoingWrite(outgoing: Outgoing): Exchange {
  const { call, request, fence, current, merged } = outgoing;
  const exchange = merged === null ? call.exchange : derivedExchange(call.exchange, withoutHeaders(call.exchange, ofTheBody));
  const upstreamFields = fence === null ? [] : ["Parley-Fence", String(fence)];
  const plain = { upstreamFields, sentOnce: true, body: merged === null ? request.held.body : bodyOf(merged) };
  // So that of two creates past each other only one succeeds, where the upstream understands it.
  if (current?.exists === false && call.preconditions.ifNoneMatch?.kind === "any") return derivedExchange(exchange, { ...plain, ...withoutHeaders(exchange, leaseOnly) });
  // What was not compared here is the upstream's to evaluate.
  if (current === null || current.kind === "none") return derivedExchange(exchange, { ...plain, ...withoutHeaders(exchange, current === null ? leaseOnly : evaluatedHere) });
  const stripped = withoutHeaders(exchange, evaluatedHere);
  if (current.kind === "native" && current.tag !== null) return derivedExchange(exchange, { ...plain, ...conditional(call, stripped, formatEntityTag(current.tag)) });
  const document = current.kind === "adapter" && current.body !== null ? parseJson(current.body) : undefined;
  if (document === undefined || call.plan.adapter === null || request.client === null || call.preconditions.ifMatch === null) return derivedExchange(exchange, { ...plain, ...stripped });
  return adaptedWrite(outgoing, { plain, document });
}

/** The tag that the comparison has just found to be current, so that the upstream compares the same again, at the very moment of writing. */
function conditional(call: GuardedCall, stripped: Pick<Exchange, "rawHeaders" | "headers">, etag: string): Pick<Exchange, "rawHeaders" | "headers"> {
  if (call.preconditions.ifMatch?.kind !== "tags") return unchangedPreconditions(call, stripped);
  return { rawHeaders: [...stripped.rawHeaders, "If-Match", etag], headers: { ...stripped.headers, "if-match": etag } };
}

function unchangedPreconditions(call: GuardedCall, stripped: Pick<Exchange, "rawHeaders" | "headers">): Pick<Exchange, "rawHeaders" | "headers"> {
  const { headers } = call.exchange;
  const rawHeaders = [...stripped.rawHeaders];
  for (const name of ["if-match", "if-none-match", "if-unmodified-since"] as const) {
    const value = headers[name];
    if (value !== undefined) rawHeaders.push(name, value);
  }
  return { rawHeaders, headers };
}

function adaptedWrite({ call, request, merged }: Outgoing, { plain, document }: { plain: Partial<Exchange>; document: Json }): Exchange {
  const { exchange, plan } = call;
  const bytes = merged ?? request.client?.bytes ?? Buffer.alloc(0);
  if (plan.adapter === null) return exchange;
  const write = withVersion({ method: exchange.method, rest: exchange.rest, bytes }, document, plan.adapter);
  const stripped = withoutHeaders(exchange, adapted);
  const contentType = exchange.headers["content-type"] ?? (write.bytes.length > 0 ? "application/json" : undefined);
  const rawHeaders = contentType === undefined ? stripped.rawHeaders : [...stripped.rawHeaders, "Content-Type", contentType];
  return derivedExchange(exchange, { ...plain, ...stripped, rawHeaders, rest: write.rest, body: bodyOf(write.bytes) });
}
