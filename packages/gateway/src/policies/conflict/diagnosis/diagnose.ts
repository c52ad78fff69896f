/**
 * Why a write met a conflict (conflicts by cause, first that holds):
 *
 *   the upstream's answer fits a `busy` pattern        busy
 *   current = intended, and that is news                already applied
 *   the tag is weak, another's, invented or too old    version mismatch
 *   it is gone, or there against expectation           concurrent modification
 *   current ≠ base                                     concurrent modification
 *   current = base, and the upstream said no           state mismatch
 *   nothing to compare with                            concurrent modification, by the word of who refused
 */
import { equalJson } from "@parley/merge";
import type { ConflictCause, ConflictSubcause, WriteOutcome } from "@parley/contract/conflicts/cause";
import type { ConflictState } from "@parley/contract/conflicts/record";
import type { ProblemCode } from "@parley/contract/problems/table";
import type { Evidence, KnownState, UpstreamAnswer } from "./evidence.ts";

export interface Diagnosis {
  code: ProblemCode;
  status: number;
  cause: ConflictCause;
  subcause: ConflictSubcause | null;
  state: ConflictState;
  origin: "gateway" | "upstream";
  outcome: WriteOutcome;
  retryable: boolean;
  retry: { strategy: "none" | "wait" | "refetch" | "merge"; afterMs?: number };
  /** A sentence for the client; names nobody whom it must not know. */
  detail: string;
}

type Finding = Pick<Diagnosis, "code" | "cause" | "subcause" | "detail"> & Partial<Pick<Diagnosis, "state" | "outcome" | "retryable" | "retry">>;

/** When an upstream is busy and does not say for how long. */
const busyAfterMs = 1_000;

export function diagnose(evidence: Evidence): Diagnosis {
  const finding = find(evidence);
  return {
    status: status(evidence),
    origin: evidence.stoppedBy === "upstream" ? "upstream" : "gateway",
    state: "prevented",
    outcome: "not-applied",
    retryable: false,
    retry: { strategy: "refetch" },
    ...finding,
  };
}

/** An upstream's status is kept. 412 answers a precondition; where none was sent it is 409. */
function status(evidence: Evidence): number {
  if (evidence.stoppedBy === "upstream" && evidence.upstream) return evidence.upstream.status;
  return evidence.hadPrecondition ? 412 : 409;
}

function find(evidence: Evidence): Finding {
  if (evidence.upstream?.busy) return busy(evidence.upstream);
  if (isApplied(evidence)) return alreadyApplied;
  return mismatch(evidence) ?? presence(evidence) ?? comparison(evidence);
}

function busy(upstream: UpstreamAnswer): Finding {
  const said = upstream.code === null ? "" : `: ${upstream.code}`;
  return { code: "resource-busy", cause: "busy", subcause: "upstream", detail: `The upstream is busy with it${said}.`, retryable: true, retry: { strategy: "wait", afterMs: upstream.askedRetryMs ?? busyAfterMs } };
}

const alreadyApplied: Finding = {
  code: "already-applied", cause: "already-applied", subcause: "same-state", state: "applied", outcome: "applied", retry: { strategy: "none" },
  detail: "The resource is already what this request would have made it; probably an earlier attempt was carried out.",
};

/** Equal to what was intended says nothing where nothing was to change. */
function isApplied({ current, base, intended }: Evidence): boolean {
  if (intended === null || current === null || !current.exists || !sameState(current, intended)) return false;
  return base === null || !sameState(base, intended);
}

const mismatches: Partial<Record<NonNullable<Evidence["tag"]>, string>> = {
  "weak-tag": "If-Match compares strongly, and the tag is a weak one, which never matches. A proxy that compresses answers on their way weakens tags; `conflict.ifMatch: weak` takes such tags.",
  "other-resource": "The tag was given out for another resource.",
  "never-issued": "The tag was never given out for this resource.",
  "expired-tag": "The tag is so old that nothing is known of its version any more.",
};

function mismatch({ tag }: Evidence): Finding | null {
  if (tag === null || tag === "known" || tag === "not-ours") return null;
  return { code: "version-mismatch", cause: "version-mismatch", subcause: tag, detail: mismatches[tag] ?? "The tag is none of this resource's." };
}

function presence({ current, expectedAbsent, hadPrecondition }: Evidence): Finding | null {
  if (current === null) return null;
  if (current.exists && expectedAbsent) {
    return { code: "precondition-failed", cause: "concurrent-modification", subcause: "created", detail: `It exists already${byWhom(current)}, and the request was to create it.` };
  }
  if (current.exists || !hadPrecondition || expectedAbsent) return null;
  return { code: "concurrent-modification", cause: "concurrent-modification", subcause: "deleted", detail: current.changedBy === null ? "It does not exist." : `It was deleted${byWhom(current)}.` };
}

function comparison(evidence: Evidence): Finding {
  const { base, current, upstream, overlaps } = evidence;
  if (overlaps !== null && overlaps.length > 0) {
    const places = overlaps.slice(0, 5).map((overlap) => overlap.pointer || "(the whole document)").join(", ");
    return { code: "merge-overlap", cause: "concurrent-modification", subcause: "overlap", detail: `Both changes touch ${places}${overlaps.length > 5 ? ", …" : ""}.` };
  }
  if (upstream !== null && base !== null && current !== null && sameState(base, current)) return stateMismatch(upstream, evidence.hadPrecondition ? "The version was right; the" : "Nothing has changed since it was read; the");
  if (upstream !== null && !upstream.stale && !evidence.hadPrecondition && (base === null || current === null || saysWhy(upstream))) return stateMismatch(upstream, "The");
  const by = current?.changedBy ?? null;
  return {
    code: "concurrent-modification", cause: "concurrent-modification", subcause: by === null ? null : by === "bypass" ? "by-bypass" : "by-consumer",
    detail: `It was changed${current === null ? "" : byWhom(current)} after it had been read.`, retry: { strategy: "refetch" },
  };
}

/** Words for something else than the version, of a write that named none. */
function saysWhy({ code }: UpstreamAnswer): boolean {
  return stateSubcause(code ?? "") !== "unspecified";
}

function stateMismatch(upstream: UpstreamAnswer, beginning: string): Finding {
  const said = upstream.code === null ? "without saying why" : `saying: ${upstream.code.replace(/\.$/, "")}`;
  return {
    code: "state-mismatch", cause: "state-mismatch", subcause: stateSubcause(upstream.code ?? ""), retry: { strategy: "none" },
    detail: `${beginning} upstream refused with ${upstream.status}, ${said}.`,
  };
}

function stateSubcause(text: string): ConflictSubcause {
  if (/duplicate|unique|already[ _-]?(?:exists|taken|used)|exists/i.test(text)) return "duplicate";
  if (/foreign|referenc|depend|in[ _-]?use|not[ _-]?empty/i.test(text)) return "reference";
  return /state|status|transition|lifecycle|closed|archived|published|cancel|terminat/i.test(text) ? "lifecycle" : "unspecified";
}

function sameState(left: Pick<KnownState, "digest" | "document"> & Partial<KnownState>, right: Pick<KnownState, "digest" | "document"> & Partial<KnownState>): boolean {
  if (left.digest !== null && right.digest !== null) return left.digest === right.digest;
  if (left.document !== undefined && right.document !== undefined) return equalJson(left.document, right.document);
  return typeof left.etag === "string" && left.etag === right.etag;
}

function byWhom(current: NonNullable<Evidence["current"]>): string {
  const by = current.changedBy === null ? "" : current.changedBy === "bypass" ? " past the gateway" : ` by ${current.changedBy}`;
  return current.changedAt === null ? by : `${by} at ${new Date(current.changedAt).toISOString()}`;
}
