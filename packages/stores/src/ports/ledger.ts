/**
 * The ledger: what has to be true for all workers at once and after kill -9. Revisions of resources, leases with fencing,
 * idempotency records, write-ahead entries, conflicts. One per installation. Every answer that says "done" is durable
 * when it is given; an operation that cannot be carried out in time rejects with `LedgerUnavailableError`.
 *
 * The life of a guarded write: `prepareWrite` (a place in the resource's queue, in memory only) → refetch and compare →
 * `sendWrite` (durable, before the first byte goes out) → the upstream → `finishWrite` (durable). Two commits.
 */
import type { ConflictCause } from "@parley/contract/conflicts/cause";
import type { ConflictRecord, ConflictState } from "@parley/contract/conflicts/record";
import type { BudgetOperations } from "./budgets.ts";
import type { BypassOperations } from "./bypasses.ts";
import type { ObjectOwnerOperations } from "./object-owners.ts";
import type { UniqueValueOperations } from "./unique-values.ts";

/** A service's name and a path below it, as the gateway sees it, without the query. */
export interface Resource {
  service: string;
  path: string;
}

/** What is known of one representation. `view` is a `viewKey`, "" for the only one. */
export interface RepresentationState {
  revision: number;
  /** The upstream's own tag as it was sent, if it sent one. */
  etag: string | null;
  /** 22 characters of base64url; null where the last write did not show what came of it. */
  digest: string | null;
}

export interface ResourceState extends RepresentationState {
  /** Unix milliseconds; when the ledger learned of the last change. */
  changedAt: number;
  /** A consumer's name, or `bypass`. */
  changedBy: string;
  fence: number;
}

export interface Change {
  revision: number;
  at: number;
  by: string;
  callId: string;
  method: string;
  etag: string | null;
  digest: string | null;
  /** True where the body of this revision is kept, to be restored or to merge from. */
  kept: boolean;
}

export interface KeptBody {
  contentType: string;
  /** Base64, so that it travels. */
  body: string;
}

export interface Lease extends Resource {
  /** 32 hexadecimal digits that name the resource, for addresses. */
  id: string;
  holder: string;
  fence: number;
  acquiredAt: number;
  expiresAt: number;
}

/** Names a repeated request: the key counts for one consumer and one route. */
export interface IdempotencyKey {
  consumer: string;
  route: string;
  key: string;
  /** Of method, target and body. */
  fingerprint: string;
  retainMs: number;
}

/** Null body: it was too large to keep. */
export interface StoredResponse {
  status: number;
  rawHeaders: string[];
  body: string | null;
}

export interface PrepareWrite extends Resource {
  /** What is locked: the path itself, or its parent, or a pattern's match. */
  lockPath: string;
  view: string;
  consumer: string;
  callId: string;
  method: string;
  /** Of a lease that the consumer itself took. */
  lockToken: string | null;
  idempotency: IdempotencyKey | null;
  /** How many may wait for the resource already. */
  maxWaiting: number;
  waitMs: number;
  /** How long the write may hold its place, the upstream's longest time included. */
  holdMs: number;
  /** Where this holds when the place is given, the write is sent with it, in the same commit. Survives kill -9, and no power loss. */
  sendIf?: SendCondition & Pick<SendWrite, "restMs" | "intended" | "refetch"> & Partial<Pick<SendWrite, "base">>;
}

export type SendCondition =
  /** The view still has this digest. */
  | { digest: string }
  /** The last change left the resource there, by `FinishWrite.exists`, and this is still known. */
  | { state: "exists" }
  /** As `noteState` has said: no write has been sent or has ended since, none is under way, and the place is given without waiting. Where the lock is the path itself. */
  | { unchanged: { fence: number; revision: number } }
  | { state: "any" };

export type WritePlace =
  /** `state` is null for a resource that the ledger has never seen. */
  | { kind: "granted"; write: string; fence: number; state: ResourceState | null; waitedMs: number; sent?: true }
  | { kind: "idempotency"; state: "payload-mismatch" | "in-flight" | "outcome-unknown" }
  | { kind: "idempotency"; state: "done"; response: StoredResponse }
  | { kind: "locked"; state: "held"; lease: Lease }
  | { kind: "locked"; state: "unknown-token" | "expired" }
  /** `holder`: whose write has the place that is waited for, where one has it. */
  | { kind: "busy"; reason: "queue" | "lock-delay"; retryAfterMs: number; holder?: { consumer: string; callId: string } };

export interface SendWrite {
  write: string;
  /** How long the resource rests if nobody can say how the write ended. */
  restMs: number;
  /** What the current state was compared as, for the recovery. */
  base: { etag: string | null; digest: string | null };
  /** The digest of what is intended, where it is known. */
  intended: string | null;
  /** Header fields with which recovery refetches: Accept and the like, never credentials. */
  refetch: string[];
  /** Survive a power loss too. */
  fsync: boolean;
}

export interface FinishWrite {
  write: string;
  outcome: "applied" | "not-applied" | "unknown";
  etag: string | null;
  digest: string | null;
  /** Kept under the idempotency key; null gives the key back. */
  response: StoredResponse | null;
  /** The resource is there now. Remembered in memory, until it changes again. */
  exists?: boolean;
  fsync: boolean;
}

export interface UnresolvedWrite extends Resource {
  write: string;
  method: string;
  consumer: string;
  callId: string;
  fence: number;
  view: string;
  sentAt: number;
  /** Before this it is too early to look. */
  restUntil: number;
  base: { etag: string | null; digest: string | null };
  intended: string | null;
  refetch: string[];
}

/** What else conflicts are looked for by; absent and null mean any. */
export interface ConflictFilter {
  /** Somebody who took part. */
  consumer?: string | null;
  resource?: string | null;
  call?: string | null;
  /** Who said no. */
  origin?: ConflictRecord["origin"] | null;
  /** Unix milliseconds, inclusive. */
  from?: number | null;
  /** Unix milliseconds, exclusive. */
  to?: number | null;
}

export interface ConflictCounts {
  kinds: { service: string; state: ConflictState; cause: ConflictCause; origin: ConflictRecord["origin"]; count: number; lastAt: number }[];
  resources: { service: string; resource: string; count: number; lastAt: number }[];
}

export interface LedgerSize {
  resources: number;
  representations: number;
  changes: number;
  bases: number;
  baseBytes: number;
  leases: number;
  idempotencyRecords: number;
  unresolvedWrites: number;
  conflicts: number;
  waiting: number;
  /** Of the database's file. */
  bytes: number;
}

/** Every operation with what it takes and what it gives. All of it is JSON, since it travels, but for the body of a read, which goes as it is. */
export interface LedgerOperations extends ObjectOwnerOperations, BudgetOperations, UniqueValueOperations, BypassOperations {
  readResource: { input: Resource & { view: string }; output: ResourceState | null };
  /**
   * What a read saw. A change that no write of the ledger's explains counts as one by `bypass` and gets a revision.
   * `conclusive` is false where a write overlaps the read, which then says nothing about before and after. `base` is the body, kept as
   * `keepBase` does under the same digest; a kill may lose it within the first seconds.
   */
  noteState: {
    input: Resource & { view: string; etag: string | null; digest: string | null; startedAt: number; base?: { contentType: string; body: Uint8Array; retainMs: number } };
    output: { revision: number; fence: number; bypass: boolean; conclusive: boolean };
  };
  /** Newest first; of revisions after `after`, and before `before` where that is given. */
  listChanges: { input: Resource & { after: number; before?: number; limit: number }; output: Change[] };
  /** With a revision its history has the body too, also of one that no write made. */
  keepBase: { input: Resource & KeptBody & { digest: string; revision?: number; retainMs: number }; output: { kept: boolean } };
  readBase: { input: Resource & { digest: string }; output: KeptBody | null };

  /** What keys and leases have against a write, without taking a place: for the answers that come before the queue, such as 428. */
  checkWrite: {
    input: Pick<PrepareWrite, "service" | "path" | "lockPath" | "view" | "consumer" | "lockToken" | "idempotency">;
    output: Extract<WritePlace, { kind: "idempotency" | "locked" }> | { kind: "clear"; state: ResourceState | null };
  };
  prepareWrite: { input: PrepareWrite; output: WritePlace };
  sendWrite: { input: SendWrite; output: { kind: "sent" } | { kind: "superseded" } };
  finishWrite: { input: FinishWrite; output: { kind: "done"; revision: number | null } | { kind: "superseded" } };
  /** Answered when the place of a write is taken from it (its lease was broken, its time is up), or when the write is over. */
  awaitLoss: { input: { write: string; waitMs: number }; output: { kind: "lost" | "over" } };
  /** Writes that were sent, whose caller is gone, and whose rest is over or is about to be: each is handed to one asker at a time. */
  claimUnresolved: { input: { limit: number }; output: UnresolvedWrite[] };
  resolveWrite: {
    input: { write: string; outcome: "applied" | "not-applied" | "diverged"; etag: string | null; digest: string | null };
    output: { resolved: boolean };
  };

  /** Waits for the writes that are under way, as a write would. With a token its holder renews it. */
  acquireLease: {
    input: Resource & { holder: string; token: string | null; ttlMs: number; restMs: number; maxWaiting: number; waitMs: number };
    output: { kind: "granted"; token: string; lease: Lease } | Extract<WritePlace, { kind: "locked" | "busy" }>;
  };
  releaseLease: { input: Resource & { token: string; holder: string }; output: { kind: "released" } | { kind: "unknown-token" | "expired" } };
  /** Ends somebody's lease, or only the one with that fence; the resource rests afterwards. */
  breakLease: { input: Resource & { fence?: number }; output: { broken: Lease | null } };
  getLease: { input: { id: string }; output: Lease | null };
  listLeases: { input: { service: string | null; limit: number }; output: Lease[] };

  recordConflict: { input: ConflictRecord; output: { id: string } };
  getConflict: { input: { id: string }; output: ConflictRecord | null };
  /** Newest first; `next` goes into `after`, and so does the cursor of any item, to go on behind it. */
  findConflicts: {
    input: ConflictFilter & { service: string | null; state: ConflictState | null; cause: ConflictCause | null; after: string | null; limit: number };
    output: { items: ConflictRecord[]; cursors: string[]; next: string | null };
  };
  /** How many, of what kind, and where most of them are: `limit` resources, the worst first. */
  countConflicts: { input: { service: string | null; from: number; to: number; limit: number }; output: ConflictCounts };
  size: { input: { service: string | null }; output: LedgerSize };
}

export type LedgerOperation = keyof LedgerOperations;
export type LedgerInput<Name extends LedgerOperation> = LedgerOperations[Name]["input"];
export type LedgerOutput<Name extends LedgerOperation> = LedgerOperations[Name]["output"];

export type Ledger = { [Name in LedgerOperation]: (input: LedgerInput<Name>) => Promise<LedgerOutput<Name>> } & {
  close(): Promise<void>;
};

/** All operations by name; an implementation that forgets one does not compile. */
export const ledgerOperations = [
  "reserveBudget", "renewBudget", "settleBudget",
  "readResource", "noteState", "listChanges", "keepBase", "readBase", "checkWrite", "prepareWrite", "sendWrite", "awaitLoss", "finishWrite", "claimUnresolved", "resolveWrite",
  "acquireLease", "releaseLease", "breakLease", "getLease", "listLeases", "recordConflict", "getConflict", "findConflicts", "countConflicts", "keepOwner", "findOwners", "forgetOwner", "keepUnique", "findUnique",
  "keepBypass", "listBypasses", "listBypassed", "forgetBypass", "size",
] as const satisfies readonly LedgerOperation[];

/** Nobody can say whether the operation was carried out; a guarded write fails closed on it. */
export class LedgerUnavailableError extends Error {
  override readonly name = "LedgerUnavailableError";
  readonly code = "ledger-unavailable";
  readonly reason: "down" | "deadline" | "overload";

  constructor(reason: "down" | "deadline" | "overload", detail: string) {
    super(`the ledger is not available: ${detail}`);
    this.reason = reason;
  }
}
