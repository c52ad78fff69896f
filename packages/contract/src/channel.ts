/**
 * The one channel between the planes: newline-delimited JSON over a Unix socket in the data directory, served by the
 * control plane. Either side may die and come back; the gateway reconnects and says what it has.
 */
import type { RouteGuarantee } from "./api/conflicts.ts";
import type { ModelState } from "./api/model-state.ts";
import type { CacheState } from "./api/cache.ts";
import type { MirrorState } from "./api/mirror.ts";
import type { TargetState } from "./api/targets.ts";
import type { CallRecord } from "./call-record.ts";
import type { ConflictRecord } from "./conflicts/record.ts";
import type { LossTimes } from "./loss-count.ts";
import type { PlainKeys } from "./plain-keys.ts";
import type { Snapshot, SnapshotChange, SnapshotDelta } from "./snapshot.ts";

/** Gateway to control plane. */
export type GatewayMessage =
  | { type: "hello"; worker: number; pid: number; startedAt: number; snapshotVersion: number }
  /** The snapshot of this version is in force, after `tookMs`. */
  | { type: "applied"; version: number; tookMs: number }
  /** A delta did not fit what the gateway has; it wants the whole. */
  | { type: "resync" }
  /** A spool segment was sealed and can be read. */
  | { type: "sealed"; segment: string }
  /** Records of calls that just ended, while `watch` is on. At most one message per 100 ms; `dropped` counts what did not fit. */
  | { type: "calls"; records: CallRecord[]; dropped: number }
  | { type: "metrics"; request: number; families: MetricFamily[]; inFlight: number }
  | { type: "targets"; request: number; states: TargetState[] }
  | { type: "mirrors"; request: number; states: MirrorState[] }
  | { type: "models"; request: number; state: ModelState }
  /** What only this worker knows of conflicts: who edits the same thing at this moment, and what each route guarantees. */
  | { type: "conflicts"; request: number; potential: ConflictRecord[]; guarantees: RouteGuarantee[] }
  /** What is kept of answers, and how many are gone by what was asked. */
  | { type: "caches"; request: number; states: CacheState[]; gone: number }
  | { type: "restored"; request: number; outcome: RestoreOutcome };

/** Control plane to gateway. */
export type ControlMessage =
  | { type: "snapshot"; snapshot: Snapshot }
  | { type: "delta"; delta: SnapshotDelta }
  /**
   * Goes before a snapshot or a delta that is too long to be read in one turn without calls waiting for it: changes that
   * belong to it, before its own. What has come in parts when the connection ends is void.
   */
  | { type: "part"; of: "snapshot" | "delta"; changes: SnapshotChange[] }
  /** Goes before a snapshot as its parts do. */
  | { type: "keys"; keys: PlainKeys[] }
  /**
   * Somebody is watching calls live, or nobody is any more. Records that fit none of the queries (docs/query-language.md) are
   * not sent; without queries all are.
   */
  | { type: "watch"; on: boolean; queries?: string[] }
  /** `losses`: only what was dropped that was to be recorded or exported. */
  | { type: "metrics"; request: number; only?: "losses" }
  /** How the targets of services are. */
  | { type: "targets"; request: number }
  /** What came of the copies for mirrors; `forget` names a service whose counting begins anew. */
  | { type: "mirrors"; request: number; forget?: string }
  /** Prices, keys and speeds of models. */
  | { type: "models"; request: number }
  | { type: "conflicts"; request: number }
  /** What is kept of answers; `purge` has it forgotten: of all services or one, of all paths or one and what lies below it. */
  | { type: "caches"; request: number; purge?: { service: string | null; path: string | null } }
  /** Write a version that the ledger keeps, as a guarded write in the name of `actor`. */
  | { type: "restore"; request: number; order: RestoreOrder };

export interface RestoreOrder {
  service: string;
  /** Path on the gateway. */
  resource: string;
  /** Of the body, as the ledger keeps it. */
  digest: string;
  /** Which revision has to be the current one. */
  expected: number;
  actor: string;
}

export type RestoreOutcome =
  /** The upstream took it. */
  | { kind: "applied"; status: number; revision: number }
  /** Another revision is current. */
  | { kind: "stale"; revision: number }
  | { kind: "not-kept" }
  /** By the gateway or by the upstream; nothing was written, unless `status` is 504. */
  | { kind: "refused"; status: number; code: string | null; detail: string }
  /** The service guards nothing, so there is no way to compare. */
  | { kind: "not-guarded" };

/** A metric with its series, as Prometheus has them; histograms carry cumulative buckets. */
export interface MetricFamily {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  /** `lostAt` stands at what counts losses, and is not on the metrics page. */
  series: { labels: Record<string, string>; value?: number; lostAt?: LossTimes; buckets?: [upperBound: number | "+Inf", count: number][]; sum?: number; count?: number; exemplars?: (Exemplar | null)[] }[];
}

/** A call that a bucket counted, for finding its trace: one for each bucket, in their order. */
export interface Exemplar {
  traceId: string;
  value: number;
  /** Unix milliseconds. */
  at: number;
}

/** The longest message that either side accepts, in bytes. */
export const maxChannelMessageBytes = 256 * 1024 * 1024;
