/** Hot path of services with a cache. A read: given from what is kept, or fetched, by one for all who ask for the same. */
import type { AnswerSink } from "../../exchange/answer.ts";
import { throwawayRecord } from "../../exchange/derived-exchange.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { type CacheUse, sayStatus } from "./answers/cache-status.ts";
import { give } from "./answers/give.ts";
import { type CompiledCache, placeOf } from "./cache-plan.ts";
import { Fetch } from "./fetching/fetch.ts";
import type { Release } from "./fetching/fetches.ts";
import { upstreamRequest } from "./fetching/upstream-request.ts";
import { freshForMs } from "./rules/freshness.ts";
import { requestRules, type RequestRules, usability } from "./rules/request-rules.ts";
import type { Place } from "./store/answer-cache.ts";
import type { KeptAnswer } from "./store/kept-answer.ts";
import { longestPath } from "./writes/effects.ts";

interface Read {
  plan: CompiledCache;
  exchange: Exchange;
  sink: AnswerSink;
  rules: RequestRules;
  place: Place;
  /** It has waited for another's answer before. */
  collapsed: boolean;
}

export function cachedRead(plan: CompiledCache, exchange: Exchange, sink: AnswerSink): void | Promise<void> {
  const rules = requestRules(exchange);
  const place = placeOf(plan, exchange);
  const why = passingBecause(plan, exchange, { rules, place });
  const read: Read = { plan, exchange, sink, rules, place, collapsed: false };
  return why === null ? look(read, "fetch") : pass(read, why, "bypass");
}

/** Why this read has nothing to do with what is kept; null where it has. */
function passingBecause(plan: CompiledCache, exchange: Exchange, { rules, place }: Pick<Read, "rules" | "place">): string | null {
  const { headers } = exchange;
  if (place.path.length > longestPath || rules.noStore || headers["if-match"] !== undefined || headers["if-unmodified-since"] !== undefined || exchange.body.length !== 0 || takesFieldsOff(headers.connection)) return "request";
  if (plan.hasCanary) return "bypass; detail=canary";
  if (plan.answers.isRetired) return "bypass; detail=replaced";
  if (!plan.caches.isWhole) return "bypass; detail=workers";
  return plan.answers.tree.isQuiet(place.path) ? null : "bypass; detail=write";
}

const ownOptions: ReadonlySet<string> = new Set(["", "keep-alive", "close", "upgrade", "te", "http2-settings"]);

/** Fields that Connection names do not reach the service, so that they select nothing by its Vary, whatever the caller put into them. */
function takesFieldsOff(connection: string | undefined): boolean {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return false;
  return connection.split(",").some((option) => !ownOptions.has(option.trim().toLowerCase()));
}

function look(read: Read, release: Release): void | Promise<void> {
  const { plan, exchange, rules, place } = read;
  const { answer, variantMissing } = plan.answers.find(place.key, exchange);
  if (answer?.withoutCookies === true && exchange.headers.cookie !== undefined) return pass(read, "request; detail=cookies", "bypass");
  if (answer === null) return fetch(read, { stored: null, why: variantMissing ? "vary-miss" : "uri-miss", release });
  switch (usability(answer.freshness, rules, plan.now())) {
    case "fresh":
      return hit(read, answer, "hit");
    case "stale-allowed":
      return hit(read, answer, "stale");
    case "revalidate-behind":
      fetchBehind(read, answer);
      return hit(read, answer, "stale");
    case "revalidate-first":
      return fetch(read, { stored: answer, why: rules.noCache ? "request" : "stale", release });
  }
}

function hit({ plan, exchange, sink, collapsed }: Read, answer: KeptAnswer, use: CacheUse): void {
  const nowMs = plan.now();
  sayStatus(exchange, collapsed ? "fwd=miss; collapsed" : `hit; ttl=${Math.floor(freshForMs(answer.freshness, nowMs) / 1_000)}`, use);
  plan.caches.counts.used(plan.service, use);
  give(answer, { exchange, sink, nowMs });
}

function fetch(read: Read, { stored, why, release }: { stored: KeptAnswer | null; why: string; release: Release }): void | Promise<void> {
  const { plan, exchange, rules, place } = read;
  if (rules.onlyIfCached) return refuse(read);
  // Its answer is not what would be kept; where something is, it is asked about as a whole.
  if (stored === null && (exchange.method === "HEAD" || exchange.headers.range !== undefined)) return pass(read, why, "miss");
  const mayWait = release === "fetch" && !rules.noCache && !plan.fetches.isPassing(place.key, plan.now());
  const waiting = mayWait ? plan.fetches.join(place.key) : null;
  if (waiting !== null) return waitFor(read, waiting);
  const leader = mayWait ? plan.fetches.lead(place.key) : null;
  const conditionsHere = stored !== null || leader !== null;
  const running = new Fetch({ plan, exchange, sink: read.sink, place, rules, stored, leader, conditionsHere, why });
  exchange.onClientGone(() => running.abandon());
  return plan.next(conditionsHere ? upstreamRequest(exchange, stored) : exchange, running);
}

async function waitFor(read: Read, waiting: Promise<Release>): Promise<void> {
  let isGone = false;
  read.exchange.onClientGone(() => (isGone = true));
  const since = performance.now();
  const release = await waiting;
  read.exchange.step("cache", since);
  if (isGone) return;
  // A write may have begun meanwhile.
  const why = passingBecause(read.plan, read.exchange, read);
  if (why !== null) return pass(read, why, "bypass");
  await look({ ...read, collapsed: true }, release === "look" ? "ask" : release);
}

/** In nobody's name that waits for it; one at a time. */
function fetchBehind({ plan, exchange, rules, place }: Read, stored: KeptAnswer): void {
  const leader = plan.fetches.lead(place.key);
  if (leader === null) return;
  const alone = { ...upstreamRequest(exchange, stored), record: throwawayRecord(exchange), answerFields: [], onClientGone: () => {}, onEnded: () => {}, step: () => {} };
  const running = new Fetch({ plan, exchange: { ...alone, headers: exchange.headers }, sink: null, place, rules, stored, leader, conditionsHere: true, why: "stale" });
  void Promise.resolve(plan.next(alone, running)).catch(() => running.abandon());
}

function refuse({ exchange, sink }: Read): void {
  sayStatus(exchange, "fwd=miss; detail=only-if-cached", "miss");
  sink.fault({ code: "not-in-cache", detail: "The request says only-if-cached, and no stored response may be served for it." });
}

function pass({ plan, exchange, sink, rules, collapsed }: Read, why: string, use: CacheUse): void | Promise<void> {
  if (rules.onlyIfCached) return refuse({ plan, exchange, sink, rules, collapsed, place: { key: "", path: "" } });
  sayStatus(exchange, `fwd=${why}`, use);
  plan.caches.counts.used(plan.service, use);
  return plan.next(exchange, sink);
}
