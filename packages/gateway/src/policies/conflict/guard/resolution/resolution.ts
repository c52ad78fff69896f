/** What becomes of a write that met a conflict: the service's strategy, or the client's own wish, or an explanation. */
import { setTimeout as pause } from "node:timers/promises";
import { diagnose, type Evidence } from "../../diagnosis/index.ts";
import type { PreconditionField } from "../../preconditions/index.ts";
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import { acceptsProblem } from "../../requests/accepts-problem.ts";
import { repeatedMember } from "../../requests/repeated-member.ts";
import { upstreamRefusal } from "../../requests/upstream-refusal.ts";
import type { Answer } from "../../../../exchange/whole-answer.ts";
import { viewKey } from "../../validators/index.ts";
import { isBypass } from "../representation/bypass-seen.ts";
import { bypassFound } from "../guard-plan.ts";
import { complain, type Complaint, diagnosisFields, keepRecord } from "../complaint.ts";
import { type Base, baseFrom, baseOf, gatherEvidence, lastReadBase, type Looked } from "./evidence.ts";
import type { AskedAs } from "../representation/asked-as.ts";
import type { GuardedCall } from "../guarded-call.ts";
import { mergeWrite } from "./merging.ts";
import { refetch } from "../representation/refetch.ts";
import { documentOf, type Representation } from "../representation/representation.ts";
import { answerPlainly } from "../write/write-answer.ts";
import type { WriteRequest } from "../write/write-request.ts";
import type { Json } from "@parley/merge";
import type { Refusal } from "@parley/contract/problems/problem";

export type Resolution =
  | {
      kind: "proceed";
      /** In the place of what the client sent. */
      merged: { document: Json; bytes: Buffer } | null;
      /** Where it was looked at again since. */
      current?: Representation;
      /** Once it is carried out. */
      done?: () => void;
    }
  | { kind: "complaint"; complaint: Complaint }
  /** It cannot be read, which is no conflict. */
  | { kind: "refusal"; refusal: Refusal };

/** A precondition of the client's is false. */
export async function resolveMismatch(looked: Looked, request: WriteRequest, by: PreconditionField): Promise<Resolution> {
  const { call, current } = looked;
  const base = await baseOf(call, current);
  const evidence = await gatherEvidence(looked, request.client, base);
  if (by === "if-match" && current !== null && current.exists && isTagOfThis(evidence)) {
    if (wantsMerge(call)) return merging(looked, request, { base, evidence, current });
    if (call.plan.settings.strategy === "last-write-wins") return { kind: "proceed", merged: null, done: () => overwritten(call, evidence) };
  }
  return { kind: "complaint", complaint: { diagnosis: diagnose(evidence), evidence } };
}

function isTagOfThis({ tag }: Evidence): boolean {
  return tag === "known" || tag === "not-ours" || tag === null;
}

function wantsMerge({ plan, exchange }: GuardedCall): boolean {
  return plan.settings.strategy === "merge" || /(?:^|[,;\s])conflict\s*=\s*"?merge"?(?:$|[,;\s])/i.test(String(exchange.headers["prefer"] ?? ""));
}

function merging(looked: Looked, request: WriteRequest, found: { base: Base | null; evidence: Evidence; current: Representation }): Resolution {
  const { call } = looked;
  const { base, evidence, current } = found;
  const result = request.client === null ? { kind: "impossible" as const } : mergeWrite(call.plan, request.client, { base: base?.document, theirs: mergeable(current) });
  if (result.kind === "merged") return { kind: "proceed", merged: result, current, done: () => mergedRecord(call, evidence) };
  if (result.kind === "ambiguous") return { kind: "refusal", refusal: { code: "repeated-member", detail: `The body has the member ${result.pointer} twice, so it cannot be said what is to be merged.` } };
  if (result.kind === "wrong-patch") return { kind: "refusal", refusal: { code: result.reason === "malformed" ? "malformed-patch" : "patch-not-applicable", detail: result.detail } };
  const complete = result.kind === "overlap" ? { ...evidence, overlaps: result.overlaps, intended: null } : evidence;
  return { kind: "complaint", complaint: { diagnosis: diagnose(complete), evidence: complete } };
}

/** Of a member that is there twice one would be lost, and nobody can say which one the upstream goes by. */
function mergeable(current: Representation): Json | undefined {
  const document = documentOf(current);
  return document === undefined || current.body === null || repeatedMember(current.body) !== null ? undefined : document;
}

function mergedRecord(call: GuardedCall, evidence: Evidence): void {
  const diagnosis = { ...diagnose({ ...evidence, intended: null }), state: "merged" as const, outcome: "applied" as const, status: 200, retry: { strategy: "none" as const } };
  keepRecord(call, { diagnosis: { ...diagnosis, detail: `${diagnosis.detail} Both changes are in.` }, evidence });
}

function overwritten(call: GuardedCall, evidence: Evidence): void {
  const diagnosis = { ...diagnose({ ...evidence, intended: null }), state: "applied" as const, outcome: "applied" as const, status: 200, retry: { strategy: "none" as const } };
  keepRecord(call, { diagnosis: { ...diagnosis, detail: `${diagnosis.detail} It was overwritten, as the service's strategy says; the version before is kept.` }, evidence });
}

/** Last write wins, and what it overwrites can be brought back. */
export async function keepOverwritten({ call, current }: Looked): Promise<void> {
  const { plan, path } = call;
  if (current === null || current.key === null || current.body === null) return;
  const { ledger } = plan.ports;
  const place = { service: plan.service, path };
  // Its revision, so that its history has the body: nobody else writes through here while this write has its place.
  const { revision } = await ledger.noteState({ ...place, view: current.view, etag: current.etag, digest: current.key, startedAt: plan.ports.now() });
  const kept = { contentType: current.contentType, body: current.body.toString("base64"), digest: current.key, revision, retainMs: plan.settings.idempotency.retain };
  await ledger.keepBase({ ...place, ...kept });
}

export type AfterConflict = { kind: "repeat"; resolution: Extract<Resolution, { kind: "proceed" }> } | { kind: "answer"; answer: () => void };

export interface UpstreamConflict {
  request: WriteRequest;
  answer: Answer;
  given: AskedAs | undefined;
  /** How often it has been tried. */
  made: number;
  mayRepeat: boolean;
}

/** The upstream said 409 or 412: look why, and go by the strategy. */
export async function afterUpstreamConflict(looked: Looked, conflict: UpstreamConflict): Promise<AfterConflict> {
  const { call } = looked;
  const { request, answer } = conflict;
  const upstream = upstreamRefusal(answer, { busy: call.plan.settings.busy, isStale: call.plan.isStale, nowMs: call.plan.ports.now() });
  if (upstream.busy && mayRepeat(call, conflict)) await pause(pauseMs(call, conflict, upstream.askedRetryMs));
  const found = await refetch(call, conflict.given);
  const seen = found.kind === "seen" ? found.current : null;
  const bypassed = isBypass(looked.state, seen, conflict.given?.view ?? viewKey(call.query, call.consumer));
  // The upstream refuses what it has not got any more, and this is whose change it was.
  if (bypassed && !looked.bypassed) bypassFound(call.plan, call.path);
  const now: Looked = { ...looked, current: seen, bypassed: looked.bypassed || bypassed };
  const same = looked.current?.key === (now.current?.key ?? undefined) || looked.current === null;
  if (upstream.busy && mayRepeat(call, conflict) && same) return { kind: "repeat", resolution: { kind: "proceed", merged: null } };
  const base = (await baseOf(call, now.current)) ?? baseFrom(looked.current) ?? (await lastReadBase(now));
  const evidence: Evidence = { ...(await gatherEvidence(now, request.client, base)), stoppedBy: "upstream", upstream };
  if (!upstream.busy && conflict.mayRepeat && !same && wantsMerge(call) && now.current?.exists) {
    const resolution = merging(now, request, { base, evidence, current: now.current });
    if (resolution.kind === "proceed") return { kind: "repeat", resolution };
    if (resolution.kind === "refusal") return { kind: "answer", answer: () => call.sink.fault(resolution.refusal) };
    return { kind: "answer", answer: () => explain(call, answer, resolution.complaint) };
  }
  return { kind: "answer", answer: () => explain(call, answer, { diagnosis: diagnose(evidence), evidence }) };
}

/** Proven not applied by the answer itself; what is left is that a second try must not do more than one. */
function mayRepeat({ plan, exchange }: GuardedCall, { request, mayRepeat: triesLeft }: UpstreamConflict): boolean {
  if (plan.settings.strategy !== "retry" || !triesLeft || request.held.kind === "streamed") return false;
  return exchange.method === "PUT" || exchange.method === "DELETE" || request.idempotencyKey !== null;
}

const firstPauseMs = 100;
const longestPauseMs = 2_000;

function pauseMs({ plan }: GuardedCall, { made }: UpstreamConflict, askedMs: number | null): number {
  if (askedMs !== null && askedMs > 0) return Math.min(askedMs, longestPauseMs);
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (made - 1)) * (0.5 + plan.ports.random() / 2);
}

/** By it a client that reads no diagnosis tells "not now" from "never"; the upstream's own counts. */
function retryAfter(answer: Answer, { diagnosis: { retry } }: Complaint): string[] {
  if (retry.strategy !== "wait" || fieldValue(answer.rawHeaders, "retry-after") !== undefined) return [];
  return ["Retry-After", String(Math.max(1, Math.ceil((retry.afterMs ?? 0) / 1000)))];
}

/** The upstream's own words stay, unless the client understands better ones. */
function explain(call: GuardedCall, answer: Answer, complaint: Complaint): void {
  if (acceptsProblem(call.exchange.headers.accept)) return complain(call, complaint);
  const context = keepRecord(call, complaint);
  call.exchange.record.error ??= complaint.diagnosis.code;
  answerPlainly({ ...answer, rawHeaders: [...answer.rawHeaders, ...retryAfter(answer, complaint), ...diagnosisFields(context)] }, call.sink);
}
