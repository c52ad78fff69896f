/**
 * Hot path of services with a cache. One answer on its way from the service: passed on to the caller, and kept beside where that is
 * allowed and no write has come between. It may be the word that a kept answer is still good, or be hidden by one where the service fails.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { parseEntityTag, strongMatch } from "../../../exchange/validators/entity-tag.ts";
import { type CacheUse, sayStatus } from "../answers/cache-status.ts";
import { notModified } from "../answers/conditions.ts";
import { give, giveNotModified } from "../answers/give.ts";
import { freshenedFields, keptFields, sharedFields } from "../answers/kept-fields.ts";
import { type CompiledCache, isAuthorized } from "../cache-plan.ts";
import { parseCacheControl } from "../rules/cache-control.ts";
import { isForNoCookies } from "../rules/cookies.ts";
import { freshnessOf } from "../rules/freshness.ts";
import { mayCoverFailure, type RequestRules } from "../rules/request-rules.ts";
import { isForSharedCaches, mayBeKept } from "../rules/storing.ts";
import { selectingFields } from "../rules/vary.ts";
import type { Place } from "../store/answer-cache.ts";
import type { KeptAnswer } from "../store/kept-answer.ts";
import type { Occupant, PathNode } from "../store/path-tree.ts";
import type { Leader } from "./fetches.ts";
import { upstreamRequest } from "./upstream-request.ts";

export interface FetchInput {
  plan: CompiledCache;
  /** As the caller sent it. */
  exchange: Exchange;
  /** Null where nobody waits for the answer. */
  sink: AnswerSink | null;
  place: Place;
  rules: RequestRules;
  /** What is asked about; null where nothing is kept. */
  stored: KeptAnswer | null;
  /** Those who wait for it; null where nobody may. */
  leader: Leader | null;
  /** The caller's conditions were taken off on the way. */
  conditionsHere: boolean;
  /** Why it goes to the service, as Cache-Status says it. */
  why: string;
}

/** The head of an answer that is being kept. */
interface Keeping {
  status: number;
  statusText: string;
  rawHeaders: readonly string[];
  /** The fields that select it. */
  names: readonly string[];
  /** Unix milliseconds. */
  receivedAt: number;
}

export class Fetch implements AnswerSink, Occupant {
  readonly #input: FetchInput;
  readonly #askedAt: number;
  #node: PathNode | null;
  #outdated = false;
  #keeping: Keeping | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** The caller has its answer already. */
  #answered = false;

  /** To be begun only where no write is under way. */
  constructor(input: FetchInput) {
    this.#input = input;
    this.#askedAt = input.plan.now();
    this.#node = input.plan.answers.tree.put(input.place.path, this);
    // Nowhere in the tree, it would not hear of writes.
    if (this.#node === null) this.outdated();
  }

  outdated(): void {
    this.#outdated = true;
    this.#chunks = [];
    this.#keeping = null;
    this.#leave("fetch");
  }

  /** The caller went away, and with it the answer. */
  abandon(): void {
    this.#leave("fetch");
  }

  head(status: number, rawHeaders: string[], statusText = ""): void {
    const { sink, stored, rules, plan } = this.#input;
    if (status < 200) return sink?.head(status, rawHeaders, statusText);
    if (this.#answered) return;
    if (stored !== null && status === 304) return isSame(stored, rawHeaders) ? this.#stillGood(stored, rawHeaders) : this.#askAgain();
    if (stored !== null && status >= 500 && mayCoverFailure(stored.freshness, rules, plan.now())) return this.#cover(stored, status);
    this.#judge(status, rawHeaders, statusText);
    this.#say(status, "miss");
    if (this.#answeredByCondition(status, rawHeaders)) return;
    if (!this.#answered) sink?.head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    if (this.#keeping !== null) this.#keep(chunk);
    // HEAD was asked as GET, for what is kept.
    return this.#answered || this.#input.exchange.method === "HEAD" || (this.#input.sink?.data(chunk) ?? true);
  }

  end(rawTrailers?: string[]): void {
    if (this.#keeping !== null) this.#store(this.#keeping);
    this.#leave("look");
    if (!this.#answered) this.#input.sink?.end(rawTrailers);
  }

  fault(refusal: Refusal): void {
    const { stored, rules, plan, sink } = this.#input;
    this.#keeping = null;
    if (stored !== null && !this.#answered && this.#bytes === 0 && mayCoverFailure(stored.freshness, rules, plan.now())) return this.#cover(stored, null);
    this.#leave("ask");
    if (this.#answered) return;
    this.#say(null, "miss");
    sink?.fault(stored?.freshness.strictUnlessSaid === true && disconnected.has(refusal.code) ? { ...refusal, status: 504 } : refusal);
  }

  onDrain(callback: () => void): void {
    this.#input.sink?.onDrain(callback);
  }

  #judge(status: number, rawHeaders: readonly string[], statusText: string): void {
    const { plan, place, exchange, leader } = this.#input;
    const { settings } = plan;
    const control = parseCacheControl(fieldValue(rawHeaders, "cache-control"));
    const names = selectingFields(fieldValue(rawHeaders, "vary"));
    const fits = Number(fieldValue(rawHeaders, "content-length") ?? 0) <= settings.maxBody;
    if (!this.#outdated && names !== null && fits && mayBeKept({ status, rawHeaders, control, settings, authorized: isAuthorized(plan, exchange), withCookies: exchange.headers.cookie !== undefined })) {
      this.#keeping = { status, statusText, rawHeaders: [...rawHeaders], names, receivedAt: plan.now() };
      return plan.fetches.keeps(place.key);
    }
    // What is asked for anew and not to be kept any more is not what is kept.
    if (!this.#outdated && status < 500) plan.answers.drop(place.key);
    if (!this.#outdated && leader !== null && status < 500) plan.fetches.passes(place.key, plan.now());
    this.#leave("ask");
  }

  #keep(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#input.plan.settings.maxBody) {
      this.#chunks.push(chunk);
      return;
    }
    this.#keeping = null;
    this.#chunks = [];
    this.#leave("ask");
  }

  #store({ status, statusText, rawHeaders, names, receivedAt }: Keeping): void {
    const { plan, place, exchange } = this.#input;
    const control = parseCacheControl(fieldValue(rawHeaders, "cache-control"));
    const freshness = freshnessOf({ status, rawHeaders, control, askedAt: this.#askedAt, receivedAt }, plan.settings);
    const fields = sharedFields(rawHeaders, control, plan.settings);
    const answer: KeptAnswer = {
      status, statusText, rawHeaders: keptFields(fields, receivedAt), body: Buffer.concat(this.#chunks), freshness, withoutCookies: isForNoCookies({ rawHeaders, control }),
      etag: fieldValue(fields, "etag") ?? null, lastModified: fieldValue(fields, "last-modified") ?? null,
    };
    plan.answers.put({ ...place, names }, exchange, answer);
  }

  /** RFC 9111 §4.3.4. */
  #stillGood(stored: KeptAnswer, rawHeaders: readonly string[]): void {
    const { plan, place, exchange, sink } = this.#input;
    const fields = freshenedFields(stored.rawHeaders, rawHeaders);
    const receivedAt = plan.now();
    const control = parseCacheControl(fieldValue(fields, "cache-control"));
    const freshness = freshnessOf({ status: stored.status, rawHeaders: fields, control, askedAt: this.#askedAt, receivedAt }, plan.settings);
    const answer = { ...stored, rawHeaders: fields, freshness, withoutCookies: isForNoCookies({ rawHeaders: fields, control }) };
    const mayStay = isForSharedCaches(control);
    if (!mayStay) plan.answers.drop(place.key);
    else if (!this.#outdated) plan.answers.replace(place.key, exchange, { ...answer, rawHeaders: sharedFields(fields, control, plan.settings) });
    this.#leave(mayStay ? "look" : "ask");
    this.#say(304, "revalidated");
    this.#answered = true;
    if (sink !== null) give(answer, { exchange, sink, nowMs: receivedAt });
  }

  /** About another state than the one that is kept: only the whole helps (RFC 9111 §4.3.4). */
  #askAgain(): void {
    const { plan, place, exchange, sink } = this.#input;
    plan.answers.drop(place.key);
    this.#answered = true;
    this.#leave("ask");
    if (sink === null) return;
    const again = new Fetch({ ...this.#input, stored: null, leader: null });
    exchange.onClientGone(() => again.abandon());
    void Promise.resolve(plan.next(upstreamRequest(exchange, null), again)).catch(() => again.fault({ code: "internal-error", detail: "The gateway failed." }));
  }

  /** RFC 5861 §4: better an old answer than none. */
  #cover(stored: KeptAnswer, status: number | null): void {
    const { plan, exchange, sink } = this.#input;
    this.#leave("ask");
    this.#say(status, "stale");
    this.#answered = true;
    if (sink !== null) give(stored, { exchange, sink, nowMs: plan.now() });
  }

  /** What the caller has already is not sent to it again, though it had to be fetched. */
  #answeredByCondition(status: number, rawHeaders: readonly string[]): boolean {
    const { exchange, sink, conditionsHere, plan } = this.#input;
    if (!conditionsHere || sink === null || status !== 200) return false;
    const validators = { etag: fieldValue(rawHeaders, "etag") ?? null, lastModified: fieldValue(rawHeaders, "last-modified") ?? null };
    if (!notModified(exchange.headers, validators, plan.now())) return false;
    this.#answered = true;
    giveNotModified(rawHeaders, sink);
    return true;
  }

  #say(status: number | null, use: CacheUse): void {
    const { plan, exchange, sink, why } = this.#input;
    if (sink === null) return;
    sayStatus(exchange, `fwd=${why}${status === null ? "" : `; fwd-status=${status}`}${this.#keeping === null ? "" : "; stored"}${use === "stale" ? "; detail=stale-if-error" : ""}`, use);
    plan.caches.counts.used(plan.service, use);
  }

  #leave(how: "look" | "ask" | "fetch"): void {
    const { plan, leader } = this.#input;
    if (this.#node !== null) plan.answers.tree.take(this.#node, this);
    this.#node = null;
    leader?.release(how);
  }
}

/** RFC 9111 §5.2.2.2: where an answer may not be given past its time and the service cannot be asked, that is a 504. */
const disconnected: ReadonlySet<string> = new Set<Refusal["code"]>(["upstream-unreachable", "upstream-broken"]);

/** A 304 that names another state is about something that is not kept (RFC 9111 §4.3.4). */
function isSame(stored: KeptAnswer, rawHeaders: readonly string[]): boolean {
  const said = fieldValue(rawHeaders, "etag");
  if (said === undefined || stored.etag === null) return true;
  const [tag, own] = [parseEntityTag(said), parseEntityTag(stored.etag)];
  if (tag === null || own === null) return said === stored.etag;
  return strongMatch(tag, own) || (tag.opaque === own.opaque && (tag.weak || own.weak));
}
