/**
 * Hot path (benchmark: guard). A read of a guarded resource: the gateway evaluates its preconditions and gives it a
 * validator. The upstream's own tag needs nothing held; for one of the gateway's the body waits, up to the cap, until it is known.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { diagnose } from "../diagnosis/index.ts";
import { derivedExchange, withoutHeaders } from "../../../exchange/derived-exchange.ts";
import { fieldValue, withoutFields } from "../../../exchange/raw-fields.ts";
import { decoded } from "../requests/content-coding.ts";
import { parseBodyHashTag, parseEntityTag } from "../validators/index.ts";
import { namesOwnTag, verdictOn } from "./representation/compared-tags.ts";
import { complain } from "./complaint.ts";
import { type GuardedCall, lookingOf } from "./guarded-call.ts";
import type { GuardPlan } from "./guard-plan.ts";
import { isNoted, noteRead } from "./note-read.ts";
import { nativeTag, type Representation, represent, shownTag } from "./representation/representation.ts";
import { relayedFields } from "./write/write-answer.ts";

const evaluatedHere: ReadonlySet<string> = new Set(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]);
const evaluatedWithRange: ReadonlySet<string> = new Set([...evaluatedHere, "if-range", "range"]);

export function guardedRead(call: GuardedCall): void | Promise<void> {
  return call.plan.next(upstreamRead(call), new ReadSink(call));
}

/** HEAD asks for the body too where its digest is the tag; it goes no further than here. */
function upstreamRead(call: GuardedCall): Exchange {
  const { exchange, plan } = call;
  const { headers } = exchange;
  const asGet = exchange.method === "HEAD" && plan.validator !== "native";
  const conditional = headers["if-none-match"] ?? headers["if-match"] ?? headers["if-modified-since"] ?? headers["if-unmodified-since"];
  const asWhole = headers.range !== undefined && (asGet || isOurs(headers["if-range"]) || (conditional !== undefined && needsWhole(call)));
  if (!asGet && !asWhole && conditional === undefined) return exchange;
  const stripped = conditional === undefined && !asWhole ? {} : withoutHeaders(exchange, asWhole ? evaluatedWithRange : evaluatedHere);
  return derivedExchange(exchange, { takesKept: exchange.takesKept === true, ...stripped, ...(asGet ? { method: "GET" } : {}) });
}

/** Preconditions come before the Range (RFC 9110 §13.2.2), and what only the bytes can tell a part cannot. */
function needsWhole({ plan, preconditions }: GuardedCall): boolean {
  return plan.validator === "own" || plan.validator === "adapter" || (plan.validator === "auto" && namesOwnTag(preconditions));
}

/** An upstream cannot know a tag that the gateway made; the whole is always a right answer to a range. */
function isOurs(ifRange: string | string[] | undefined): boolean {
  const tag = typeof ifRange === "string" ? parseEntityTag(ifRange) : null;
  return tag !== null && parseBodyHashTag(tag.opaque) !== null;
}

interface Head {
  status: number;
  rawHeaders: string[];
  statusText: string | undefined;
}

class ReadSink implements AnswerSink {
  readonly #call: GuardedCall;
  #head: Head | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** `held`: nothing has gone out. `tapped`: goes out as it comes and is kept beside. `dropped`: the client needs no body. */
  #state: "held" | "passing" | "tapped" | "dropped" = "passing";
  /** Of one that is tapped: all but its body. */
  #seen: Representation | null = null;

  constructor(call: GuardedCall) {
    this.#call = call;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    const { plan, sink } = this.#call;
    if (status < 200) return sink.head(status, rawHeaders, statusText);
    this.#head = { status, rawHeaders, statusText };
    if (status === 206 && this.#call.exchange.headers.range !== undefined && this.#partIsAnswered(rawHeaders)) return;
    const native = status === 200 ? nativeTag(plan, rawHeaders) : null;
    const holds = status === 200 && plan.validator !== "native" && !isEndless(rawHeaders) && Number(fieldValue(rawHeaders, "content-length") ?? 0) <= plan.maxBodyBytes;
    // A tag of ours can be compared with the upstream's own only by the bytes.
    if (!holds || (native !== null && !(plan.validator === "auto" && namesOwnTag(this.#call.preconditions)))) return this.#passOn(native !== null);
    this.#state = "held";
  }

  data(chunk: Buffer): boolean {
    if (this.#state === "dropped") return true;
    if (this.#state === "passing") return this.#send(chunk);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const fits = this.#bytes <= this.#call.plan.maxBodyBytes;
    if (this.#state === "tapped") {
      if (!fits) this.#state = "passing";
      return this.#send(chunk);
    }
    return fits || this.#letGo();
  }

  end(rawTrailers?: string[]): void {
    if (this.#state === "held") return this.#tagged(Buffer.concat(this.#chunks), rawTrailers);
    const wasTapped = this.#state === "tapped";
    if (this.#state === "dropped") return;
    this.#call.sink.end(rawTrailers);
    if (wasTapped && this.#seen) {
      const body = decoded(Buffer.concat(this.#chunks), this.#seen.coding, this.#call.plan.maxBodyBytes);
      void Promise.resolve(noteRead(this.#call, { ...this.#seen, body })).catch(() => {});
    }
  }

  fault(refusal: Refusal): void {
    if (this.#state !== "dropped") this.#call.sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#call.sink.onDrain(callback);
  }

  #send(chunk: Buffer): boolean {
    return this.#call.exchange.method === "HEAD" || this.#call.sink.data(chunk);
  }

  /** The upstream's own validator is in the head: the answer can be given before the body has come. */
  #passOn(tagged: boolean): void {
    const { status, rawHeaders, statusText } = this.#head as Head;
    const { plan, sink } = this.#call;
    const seen = tagged ? represent(plan, lookingOf(this.#call), { status, rawHeaders, body: null }, plan.ports.now()) : null;
    if (seen !== null && this.#answered(seen, rawHeaders, null)) {
      this.#state = "dropped";
      return;
    }
    this.#seen = seen;
    this.#state = seen === null || isNoted(plan, this.#call.path, seen) ? "passing" : "tapped";
    if (seen === null && plan.validator !== "native" && isLarge(plan, status, rawHeaders)) plan.large.met(this.#call.path, "read");
    sink.head(status, relayedFields(status, seen === null && plan.validator !== "native" ? withoutWeakTag(status, rawHeaders) : rawHeaders), statusText);
  }

  /** Longer than the cap: it streams without a tag. */
  #letGo(): boolean {
    const { status, rawHeaders, statusText } = this.#head as Head;
    const { plan, path } = this.#call;
    this.#state = "passing";
    plan.large.met(path, "read");
    this.#call.sink.head(status, withoutWeakTag(status, rawHeaders), statusText);
    let room = true;
    for (const chunk of this.#chunks) room = this.#send(chunk);
    this.#chunks = [];
    return room;
  }

  #tagged(body: Buffer, rawTrailers: string[] | undefined): void {
    const call = this.#call;
    const head = this.#head as Head;
    const seen = represent(call.plan, lookingOf(call), { ...head, body }, call.plan.ports.now());
    const revision = noteRead(call, seen);
    if (typeof revision === "number") return this.#answer(seen, { revision, body, rawTrailers });
    revision.then((late) => this.#answer(seen, { revision: late, body, rawTrailers })).catch((error: unknown) => {
      call.plan.ports.warn("a read could not be noted", { error: String(error) });
      this.#answer(seen, { revision: 0, body, rawTrailers });
    });
  }

  #answer(seen: Representation, { revision, body, rawTrailers }: { revision: number; body: Buffer; rawTrailers: string[] | undefined }): void {
    const { status, rawHeaders, statusText } = this.#head as Head;
    const { sink, exchange } = this.#call;
    const etag = shownTag(seen, revision);
    if (this.#answered(seen, rawHeaders, etag)) return;
    sink.head(status, etag === null ? withoutWeakTag(status, rawHeaders) : withTag(rawHeaders, etag), statusText);
    if (exchange.method !== "HEAD") sink.data(body);
    sink.end(rawTrailers);
  }

  /** A part is judged by its head: the upstream's own tag, or its date. */
  #partIsAnswered(rawHeaders: string[]): boolean {
    const call = this.#call;
    const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = call.preconditions;
    if (ifMatch === null && ifNoneMatch === null && ifModifiedSince === null && ifUnmodifiedSince === null) return false;
    const isAnswered = this.#answered(represent(call.plan, lookingOf(call), { status: 206, rawHeaders, body: null }, call.plan.ports.now()), rawHeaders, null);
    if (isAnswered) this.#state = "dropped";
    return isAnswered;
  }

  /** True where a precondition decides: 304 or 412. */
  #answered(seen: Representation, rawHeaders: string[], etag: string | null): boolean {
    const call = this.#call;
    const verdict = verdictOn(call, seen);
    if (verdict.kind === "proceed") return false;
    if (verdict.kind === "not-modified") {
      call.sink.head(304, notModifiedFields(withTag(rawHeaders, etag ?? seen.etag)));
      call.sink.end();
      return true;
    }
    const current = { etag: etag ?? seen.etag, digest: seen.digest, document: undefined, exists: true, revision: null, changedAt: null, changedBy: null };
    const evidence = { stoppedBy: "precondition" as const, hadPrecondition: true, expectedAbsent: false, tag: null, base: null, current, intended: null, upstream: null, overlaps: null };
    complain(call, { diagnosis: diagnose(evidence), evidence });
    return true;
  }
}

function isLarge({ maxBodyBytes }: GuardPlan, status: number, rawHeaders: readonly string[]): boolean {
  return status === 200 && Number(fieldValue(rawHeaders, "content-length") ?? 0) > maxBodyBytes;
}

/** Media types that have no end to wait for. */
function isEndless(rawHeaders: readonly string[]): boolean {
  return /^\s*(?:text\/event-stream|multipart\/x-mixed-replace|application\/(?:x-ndjson|jsonl|grpc))/i.test(fieldValue(rawHeaders, "content-type") ?? "");
}

const etagField: ReadonlySet<string> = new Set(["etag"]);

function withTag(rawHeaders: string[], etag: string | null): string[] {
  return etag === null ? rawHeaders : [...withoutFields(rawHeaders, etagField), "ETag", etag];
}

/** A weak tag of an upstream would come back in If-Match, where it can never match: better none. */
function withoutWeakTag(status: number, rawHeaders: string[]): string[] {
  return status === 200 && (fieldValue(rawHeaders, "etag") ?? "").startsWith("W/") ? withoutFields(rawHeaders, etagField) : rawHeaders;
}

/** RFC 9110 §15.4.5: what a cache needs, and nothing of the body that is not sent. */
const notSentWith304: ReadonlySet<string> = new Set(["content-length", "content-type", "content-encoding", "content-language", "content-range", "last-modified", "transfer-encoding"]);

function notModifiedFields(rawHeaders: readonly string[]): string[] {
  return withoutFields(rawHeaders, notSentWith304);
}
