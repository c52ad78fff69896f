/**
 * Earns the atomic level: on a test resource that the operator names, a write under a stale validator has to be refused
 * and leave no trace. Nothing else gives it, and nothing is assumed.
 */
import { isJsonObject } from "@parley/merge";
import type { Exchange } from "../../../exchange/exchange.ts";
import { bodyOf, noBody } from "../../../exchange/derived-exchange.ts";
import { takeAnswer, type Answer } from "../../../exchange/whole-answer.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { parseJson } from "../requests/json-body.ts";
import { versionIn, withStaleVersion, withVersion } from "./representation/adapters.ts";
import type { GuardPlan } from "./guard-plan.ts";

/** `isInForce` turns false once the route has been replaced. */
export function startProbe(plan: GuardPlan, isInForce: () => boolean): void {
  const { probe } = plan.settings;
  if (probe === undefined) return;
  const below = probe.startsWith(`${plan.servicePath}/`) ? probe.slice(plan.servicePath.length) : probe;
  let pauseMs = firstPauseMs;
  const round = async (): Promise<void> => {
    const { verdict, reason } = await probeOnce(plan, below);
    if (!isInForce()) return;
    plan.guarantee = { level: verdict === "earned" ? "atomic" : plan.guarantee.level, reason };
    if (verdict !== "inconclusive") return;
    setTimeout(start, pauseMs).unref();
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  };
  const start = (): void => plan.ports.underWay(round().catch((error: unknown) => plan.ports.warn("a probe failed", { service: plan.service, error: String(error) })));
  start();
}

/** An upstream that is not there yet is asked again. */
const firstPauseMs = 500;
const longestPauseMs = 60_000;

interface Finding {
  verdict: "earned" | "not-earned" | "inconclusive";
  reason: string;
}

async function probeOnce(plan: GuardPlan, below: string): Promise<Finding> {
  const before = await ask(plan, { method: "GET", rest: below, fields: [], bytes: null });
  const document = before === null ? undefined : parseJson(before.body);
  if (before === null || before.status !== 200 || !isJsonObject(document)) return { verdict: "inconclusive", reason: `The probe ${below} cannot be read as a JSON object at the moment.` };
  const mark = plan.ports.randomBytes(8).toString("hex");
  const stale = staleWrite(plan, { ...document, parleyProbe: mark }, { etag: fieldValue(before.rawHeaders, "etag"), below });
  if (stale === null) return { verdict: "not-earned", reason: `The probe ${below} has no validator of the upstream's own.` };
  const refused = await ask(plan, stale);
  const after = await ask(plan, { method: "GET", rest: below, fields: [], bytes: null });
  if (refused === null || after === null) return { verdict: "inconclusive", reason: `The probe ${below} could not be carried out.` };
  if (after.body.includes(mark)) return { verdict: "not-earned", reason: "The upstream carried out a stale write: it does not compare by itself." };
  if (refused.status !== 412 && refused.status !== 409 && !plan.isStale(refused)) return { verdict: "not-earned", reason: `The upstream answered ${refused.status} to a stale write, which is no refusal.` };
  return { verdict: "earned", reason: `The upstream refused a stale write to ${below} and left it as it was.` };
}

interface Probe {
  method: string;
  rest: string;
  fields: string[];
  bytes: Buffer | null;
}

function staleWrite(plan: GuardPlan, document: Record<string, unknown>, about: { etag: string | undefined; below: string }): Probe | null {
  const bytes = Buffer.from(JSON.stringify(document));
  const fields = ["Content-Type", "application/json"];
  if (plan.adapter === null) return about.etag === undefined ? null : { method: "PUT", rest: about.below, fields: [...fields, "If-Match", '"parley-probe-of-a-stale-tag"'], bytes };
  const current = parseJson(bytes);
  if (current === undefined || versionIn(current, plan.adapter) === null) return null;
  return { ...withVersion({ method: "PUT", rest: about.below, bytes }, withStaleVersion(current, plan.adapter), plan.adapter), fields };
}

async function ask(plan: GuardPlan, probe: Probe): Promise<Answer | null> {
  const exchange: Exchange = {
    id: "0".repeat(32), startedAt: plan.ports.monotonicMs(), method: probe.method, target: probe.rest, path: plan.servicePath + probe.rest, rest: probe.rest, rawHeaders: probe.fields,
    headers: {}, clientAddress: "127.0.0.1", peer: { address: "127.0.0.1", trusted: false }, incomingTraceId: null, traceFlags: "00", upgrade: null, caller: null, keySecret: null, answerFields: [],
    record: { id: "0".repeat(32), at: plan.ports.now(), attempts: 0, requestBytes: 0, responseBytes: 0, traceId: "0".repeat(31) + "1", spanId: "0".repeat(15) + "1" },
    body: probe.bytes === null ? noBody : bodyOf(probe.bytes), onClientGone: () => {}, onEnded: () => {}, step: () => {}, sentOnce: true,
  };
  const taken = await takeAnswer(plan.next, exchange, { maxBytes: plan.maxBodyBytes });
  return taken.kind === "whole" ? taken.answer : null;
}
