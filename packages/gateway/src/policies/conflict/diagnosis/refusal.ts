/** From a diagnosis to the refusal that the client gets, and to the record that is kept of it. */
import { conflictMembers, type ConflictMembers } from "@parley/contract/conflicts/problem";
import { conflictPath, type ConflictRecord } from "@parley/contract/conflicts/record";
import type { GuaranteeLevel } from "@parley/contract/conflicts/cause";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Diagnosis } from "./diagnose.ts";
import { shownChanges, shownOverlaps } from "./differences.ts";
import type { Evidence } from "./evidence.ts";
import { type Call, nextStep } from "./next-step.ts";

export interface ConflictContext {
  /** 128 random bits, 32 hexadecimal digits. */
  id: string;
  at: number;
  service: string;
  /** Path on the gateway, without the query. */
  resource: string;
  callId: string;
  consumer: string | null;
  guarantee: GuaranteeLevel;
  /** The client's tags as it sent them. */
  expected: readonly string[];
  /** Pointers that are never shown. */
  redact: readonly string[];
  call: Call;
  holder?: { name: string; expiresAt: number };
}

/** `evidence` is null where a row of the decision order refused. */
export function conflictRefusal(diagnosis: Diagnosis, evidence: Evidence | null, context: ConflictContext): Refusal {
  const members = membersOf(diagnosis, evidence, context);
  return {
    code: diagnosis.code,
    detail: diagnosis.detail,
    status: diagnosis.status,
    ...(members.next ? { fix: members.next.what } : {}),
    extensions: { ...members, instance: conflictPath + context.id },
    headers: headersOf(diagnosis, evidence),
  };
}

export function conflictRecordOf(diagnosis: Diagnosis, evidence: Evidence | null, context: ConflictContext): ConflictRecord {
  const by = evidence?.current?.changedBy ?? null;
  const others = [by, context.holder?.name ?? null].filter((name): name is string => name !== null && name !== context.consumer);
  return {
    ...membersOf(diagnosis, evidence, context),
    id: context.id,
    at: context.at,
    state: diagnosis.state,
    service: context.service,
    resource: context.resource,
    method: context.call.method,
    callId: context.callId,
    ...(context.consumer === null ? {} : { consumer: context.consumer }),
    consumers: [...new Set([...(context.consumer === null ? [] : [context.consumer]), ...others])],
    status: diagnosis.status,
    detail: diagnosis.detail,
    ...intendedPlaces(evidence),
  };
}

/** Where the write meant to change what its client had read, without the values. */
function intendedPlaces(evidence: Evidence | null): Pick<ConflictRecord, "intended"> {
  const changes = shownChanges({ base: evidence?.base?.document, current: evidence?.intended?.document }, [""]);
  return changes === null || changes.truncated ? {} : { intended: changes.items.map(({ path }) => path) };
}

/** Checked by the schema, so that nothing leaves that the contract does not name. */
function membersOf(diagnosis: Diagnosis, evidence: Evidence | null, context: ConflictContext): ConflictMembers {
  return conflictMembers.parse({
    cause: diagnosis.cause,
    ...(diagnosis.subcause === null ? {} : { subcause: diagnosis.subcause }),
    origin: diagnosis.origin,
    outcome: diagnosis.outcome,
    guarantee: context.guarantee,
    retryable: diagnosis.retryable,
    retry: diagnosis.retry,
    expected: context.expected,
    ...(evidence === null ? knownTag(context.call) : shownEvidence(evidence, context.redact)),
    ...(context.holder ? { holder: context.holder.name, expiresAt: new Date(context.holder.expiresAt).toISOString() } : {}),
    next: nextStep(diagnosis, context.call, { id: context.id, isAbsent: evidence?.current?.exists === false }),
  });
}

/** Where nothing was compared: the tag that the next write is to name. */
function knownTag({ currentEtag }: Call): Pick<ConflictMembers, "current"> {
  return currentEtag === null ? {} : { current: { etag: currentEtag } };
}

function shownEvidence(evidence: Evidence, redact: readonly string[]): Partial<ConflictMembers> {
  const changes = shownChanges({ base: evidence.base?.document, current: evidence.current?.document }, redact);
  const overlaps = evidence.overlaps === null ? null : shownOverlaps(evidence.overlaps, redact);
  const { upstream, base, current } = evidence;
  return {
    ...(current?.exists ? { current: shownCurrent(current) } : {}),
    ...(base?.etag ? { base: { etag: base.etag } } : {}),
    ...(changes ? { changes: changes.items } : {}),
    ...(overlaps ? { conflicts: overlaps.items } : {}),
    ...(changes?.truncated || overlaps?.truncated ? { truncated: true } : {}),
    ...(upstream ? { upstream: { status: upstream.status, ...(upstream.code === null ? {} : { code: upstream.code }) } } : {}),
  };
}

function shownCurrent(current: NonNullable<Evidence["current"]>): NonNullable<ConflictMembers["current"]> {
  return {
    ...(current.etag === null ? {} : { etag: current.etag }),
    ...(current.revision === null ? {} : { version: current.revision }),
    ...(current.changedAt === null ? {} : { changedAt: new Date(current.changedAt).toISOString() }),
    ...(current.changedBy === null ? {} : { changedBy: current.changedBy }),
  };
}

/** RFC 9209 for who said it; the current tag where there is one, so that the next write needs no guess. */
function headersOf(diagnosis: Diagnosis, evidence: Evidence | null): Record<string, string> {
  const relayed = diagnosis.origin === "upstream" && evidence?.upstream;
  const fromGateway = diagnosis.status < 500 ? "error=http_request_error" : diagnosis.status === 504 ? "error=connection_terminated" : "error=proxy_internal_error";
  const etag = evidence?.current?.exists ? evidence.current.etag : null;
  // What the upstream asks for is the client's to know, whatever the diagnosis.
  const afterMs = diagnosis.retry.strategy === "wait" ? (diagnosis.retry.afterMs ?? 0) : relayed ? relayed.askedRetryMs : null;
  return {
    "Proxy-Status": relayed ? `parley; received-status=${relayed.status}` : `parley; ${fromGateway}`,
    ...(etag ? { ETag: etag } : {}),
    ...(afterMs === null ? {} : { "Retry-After": String(Math.max(1, Math.ceil(afterMs / 1000))) }),
    ...(diagnosis.status === 428 ? { "Cache-Control": "no-store" } : {}),
  };
}
