/** What the guard has found out when it asks why. Everything is optional in the sense that it may be null: not known, or the caller may not know it. */
import type { Json, Overlap } from "@parley/merge";

/** What is known of the tag that the client sent. */
export type TagFinding = "known" | "weak-tag" | "other-resource" | "never-issued" | "expired-tag" | "not-ours";

/** A state of the resource: its tag, its digest, and the document where it may be shown. */
export interface KnownState {
  etag: string | null;
  digest: string | null;
  /** Only where the body was fetched with the caller's own credentials, or kept from what that caller was given. */
  document: Json | undefined;
}

export interface UpstreamAnswer {
  status: number;
  /** The upstream's own code or message, at most a line. */
  code: string | null;
  /** One of the service's `busy` patterns fits. */
  busy: boolean;
  /** It says that the version was not the current one, whatever its status. */
  stale: boolean;
  /** How long it asks to wait; null where it does not say. */
  askedRetryMs: number | null;
}

export interface Evidence {
  /** What stopped the write: the client's precondition in the gateway, or the upstream's answer. */
  stoppedBy: "precondition" | "compare" | "upstream";
  /** The client sent a precondition, so 412 is an answer to it. */
  hadPrecondition: boolean;
  /** `If-None-Match: *` was sent. */
  expectedAbsent: boolean;
  tag: TagFinding | null;
  base: KnownState | null;
  /** Null where the refetch failed or the caller may not read it. */
  current: (KnownState & { exists: boolean; revision: number | null; changedAt: number | null; changedBy: string | null }) | null;
  /** What the write would have made of it, where that can be known. */
  intended: Pick<KnownState, "digest" | "document"> | null;
  upstream: UpstreamAnswer | null;
  /** The places at which a merge failed. */
  overlaps: readonly Overlap[] | null;
}
