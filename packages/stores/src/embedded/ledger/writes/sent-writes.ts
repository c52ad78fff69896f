/**
 * Write-ahead entries: writes that were sent and of which nobody has said yet how they ended. One that lost its caller rests
 * its resource, and is then handed to whoever recovers.
 */
import type { StatementSync } from "node:sqlite";
import type { SendWrite, UnresolvedWrite } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { digestBytes, digestText } from "../keys.ts";
import type { LoggedValue } from "../log/record-buffer.ts";
import type { Session } from "./write-queue.ts";

export interface SentRow {
  id: string;
  key: Uint8Array;
  lock_key: Uint8Array;
  service: number;
  path: string;
  view: string;
  method: string;
  consumer: string;
  call: string;
  fence: number;
  sent_at: number;
  rest_ms: number;
  base_etag: string | null;
  base_digest: Uint8Array | null;
  intended: Uint8Array | null;
  refetch: string;
}

interface Orphan {
  lock: string;
  resource: string;
  restUntil: number;
  claimedBy: Session | null;
  /** Another write of its resource was sent since, so what a look finds may be older than that one's word. */
  isOvertaken: boolean;
}

/** Handed out so long before its rest is over, so that the look comes with the rest's end. */
const handedOutAheadMs = 1_000;
/** A rest that is over lasts until the look, but no longer than this: an upstream that cannot be asked holds nobody up. */
const lookMs = 5_000;
const askAgainMs = 1_000;

export type NewSent = Omit<SentRow, "sent_at" | "rest_ms" | "base_etag" | "base_digest" | "intended" | "refetch">;

export class SentWrites {
  readonly #context: LedgerContext;
  readonly #orphans = new Map<string, Orphan>();
  /** Until when a lock rests, and how many orphans a resource has: asked for every write and every changed read. */
  readonly #resting = new Map<string, number>();
  readonly #unresolved = new Map<string, number>();
  /** Those that no commit has met yet: most writes are over before one does. */
  readonly #unwritten = new Map<string, SentRow>();
  readonly #select: StatementSync;

  /** What a process before this one left behind are orphans, and their rest begins now: only now is it known that nobody waits for them. */
  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#select = database.prepare("SELECT * FROM write WHERE id = ?");
    for (const row of database.prepare("SELECT * FROM write").iterate()) this.orphan(row as unknown as SentRow);
  }

  add(entry: NewSent, sent: SendWrite): void {
    const { id, key, lock_key, service, path, view, method, consumer, call, fence } = entry;
    const row: SentRow = {
      id, key, lock_key, service, path, view, method, consumer, call, fence, sent_at: this.#context.now(), rest_ms: sent.restMs, base_etag: sent.base.etag,
      base_digest: digestBytes(sent.base.digest), intended: digestBytes(sent.intended), refetch: JSON.stringify(sent.refetch),
    };
    this.#unwritten.set(id, row);
    this.#context.log.record("putSent", ...columns(row));
    if (this.#unresolved.size > 0) this.#overtake(hex(key));
  }

  #overtake(resource: string): void {
    if (!this.isUnresolved(resource)) return;
    for (const orphan of this.#orphans.values()) if (orphan.resource === resource) orphan.isOvertaken = true;
  }

  /** Brings into the table what is in memory only. */
  write(): void {
    for (const row of this.#unwritten.values()) this.#context.log.write("putSent", ...columns(row));
    this.#unwritten.clear();
  }

  /** The table has them, or they never happened. */
  forget(): void {
    this.#unwritten.clear();
  }

  find(id: string): SentRow | null {
    return this.#unwritten.get(id) ?? (this.#select.get(id) as unknown as SentRow | undefined) ?? null;
  }

  remove(id: string): void {
    if (this.#unwritten.delete(id)) this.#context.log.record("deleteSent", id);
    else this.#context.log.run("deleteSent", id);
    const orphan = this.#orphans.get(id);
    if (!orphan) return;
    this.#orphans.delete(id);
    this.#count(orphan.resource, -1);
    const others = [...this.#orphans.values()].filter((other) => other.lock === orphan.lock);
    if (others.length === 0) this.#resting.delete(orphan.lock);
    else this.#resting.set(orphan.lock, Math.max(...others.map((other) => other.restUntil)));
  }

  orphan(row: SentRow): void {
    const orphan: Orphan = { lock: hex(row.lock_key), resource: hex(row.key), restUntil: this.#context.now() + row.rest_ms, claimedBy: null, isOvertaken: false };
    if (!this.#orphans.has(row.id)) this.#count(orphan.resource, 1);
    this.#orphans.set(row.id, orphan);
    this.#resting.set(orphan.lock, Math.max(orphan.restUntil, this.#resting.get(orphan.lock) ?? 0));
  }

  /** How long a lock rests after lost writes: whoever came before the look would hide how they have ended. 0 where it does not rest. */
  restMs(lock: string): number {
    const restUntil = this.#resting.get(lock);
    if (restUntil === undefined) return 0;
    const restMs = restUntil - this.#context.now();
    return restMs > 0 ? restMs : Math.min(askAgainMs, Math.max(0, restMs + lookMs));
  }

  isOvertaken(id: string): boolean {
    return this.#orphans.get(id)?.isOvertaken === true;
  }

  isUnresolved(resource: string): boolean {
    return this.#unresolved.has(resource);
  }

  claim(session: Session, limit: number): UnresolvedWrite[] {
    const now = this.#context.now();
    const claimed: UnresolvedWrite[] = [];
    for (const [id, orphan] of this.#orphans) {
      if (claimed.length >= limit) break;
      if (orphan.claimedBy !== null || orphan.restUntil > now + handedOutAheadMs) continue;
      const row = this.find(id);
      if (!row) continue;
      orphan.claimedBy = session;
      claimed.push(this.#shown(row, orphan.restUntil));
    }
    return claimed;
  }

  dropSession(session: Session): void {
    for (const orphan of this.#orphans.values()) if (orphan.claimedBy === session) orphan.claimedBy = null;
  }

  #count(resource: string, change: number): void {
    const count = (this.#unresolved.get(resource) ?? 0) + change;
    if (count > 0) this.#unresolved.set(resource, count);
    else this.#unresolved.delete(resource);
  }

  #shown(row: SentRow, restUntil: number): UnresolvedWrite {
    return {
      write: row.id, service: this.#context.services.byId(row.service).name, path: row.path, method: row.method, consumer: row.consumer,
      callId: row.call, fence: row.fence, view: row.view, sentAt: row.sent_at, restUntil, base: { etag: row.base_etag, digest: digestText(row.base_digest) },
      intended: digestText(row.intended), refetch: JSON.parse(row.refetch) as string[],
    };
  }
}

function columns(row: SentRow): LoggedValue[] {
  return [
    row.id, row.key, row.lock_key, row.service, row.path, row.view, row.method, row.consumer, row.call, row.fence, row.sent_at, row.rest_ms,
    row.base_etag, row.base_digest, row.intended, row.refetch,
  ];
}

/** Whoever asks for the memory behind a small array takes it out of V8's heap. */
export function hex(bytes: Uint8Array): string {
  if (bytes instanceof Buffer) return bytes.toString("hex");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
