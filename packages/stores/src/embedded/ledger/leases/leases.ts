/**
 * Leases (RFC 4918's locks with an end): one holder a resource, a fence that grows with every grant, and a rest after a lease
 * that ended without being released, in which a request of its holder's may still be on its way.
 */
import type { StatementSync } from "node:sqlite";
import type { Lease } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { hex } from "../writes/sent-writes.ts";

interface LeaseRow {
  key: Uint8Array;
  service: number;
  path: string;
  token: string;
  fence: number;
  holder: string;
  acquired_at: number;
  expires_at: number;
  rest_ms: number;
  broken: number;
}

/** RFC 4918 §6.4: who writes under a lease has its token and is the one who took it. Nobody's name: a token that was judged before. */
export interface LeaseClaim {
  token: string | null;
  holder: string | null;
}

export const noClaim: LeaseClaim = { token: null, holder: null };

export type TokenVerdict =
  /** Until when the resource rests after its last lease; 0 where it had none. */
  | { kind: "free"; restsUntil: number }
  | { kind: "own" | "unknown-token" | "expired" }
  | { kind: "held"; lease: Lease };

export class Leases {
  readonly #context: LedgerContext;
  /** The keys that may have a row; nearly no write's resource has. */
  readonly #leased = new Set<string>();
  /** Until when a lease was given that a write under it has made longer. After a crash the longer time stands. */
  readonly #promised = new Map<string, number>();
  readonly #select: StatementSync;
  readonly #keys: StatementSync;
  readonly #put: StatementSync;
  readonly #end: StatementSync;
  readonly #delete: StatementSync;
  readonly #list: StatementSync;
  readonly #count: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#select = database.prepare("SELECT * FROM lease WHERE key = ?");
    this.#keys = database.prepare("SELECT key FROM lease");
    this.#put = database.prepare("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");
    this.#end = database.prepare("UPDATE lease SET expires_at = ?, broken = 1 WHERE key = ?");
    this.#delete = database.prepare("DELETE FROM lease WHERE key = ?");
    this.#list = database.prepare("SELECT * FROM lease WHERE expires_at > ? AND (? IS NULL OR service = ?) ORDER BY acquired_at DESC LIMIT ?");
    this.#count = database.prepare("SELECT count(*) AS n FROM lease WHERE service = ?");
    // The machine's clock was set back while nobody ran: by it a lease would be held for hours more, and a broken one again.
    database
      .prepare("UPDATE lease SET expires_at = CASE broken WHEN 0 THEN ?1 + expires_at - acquired_at ELSE ?1 END, acquired_at = ?1 WHERE acquired_at > ?1")
      .run(context.now());
    this.load();
  }

  /** As the database has them; again after an operation's changes were taken back. */
  load(): void {
    this.#leased.clear();
    this.#promised.clear();
    for (const { key } of this.#keys.all() as unknown as { key: Uint8Array }[]) this.#leased.add(hex(key));
  }

  current(key: Uint8Array): Lease | null {
    const row = this.#row(key);
    return row !== null && row.expires_at > this.#context.now() ? this.#shown(row) : null;
  }

  /** Hot path (benchmark: guard). `fence` is asked for only where a token has to be told from an invented one. */
  judge(key: Uint8Array, { token, holder }: LeaseClaim, fence: () => number): TokenVerdict {
    const row = this.#row(key);
    const live = row !== null && row.expires_at > this.#context.now();
    if (token === null) return live ? { kind: "held", lease: this.#shown(row) } : { kind: "free", restsUntil: row === null ? 0 : row.expires_at + row.rest_ms };
    if (row !== null && row.token === token) return { kind: holder !== null && holder !== row.holder ? "unknown-token" : live ? "own" : "expired" };
    return { kind: wasGivenOut(token, key, fence()) ? "expired" : "unknown-token" };
  }

  /** Null where the service has as many leases as it may have. */
  grant(key: Uint8Array, lease: { service: number; path: string; holder: string; fence: number; ttlMs: number; restMs: number }): { token: string; lease: Lease } | null {
    const { n } = this.#count.get(lease.service) as { n: number };
    if (n >= this.#context.caps.leases) return null;
    const now = this.#context.now();
    const token = newToken(key, lease.fence, this.#context.randomBytes(16));
    this.#promised.delete(hex(key));
    this.#leased.add(hex(key));
    // Also on behalf of a write that gives up its place, which is all in the log.
    this.#context.log.bypass();
    this.#put.run(key, lease.service, lease.path, token, lease.fence, lease.holder, now, now + lease.ttlMs, lease.restMs);
    return { token, lease: { id: hex(key), service: this.#context.services.byId(lease.service).name, path: lease.path, holder: lease.holder, fence: lease.fence, acquiredAt: now, expiresAt: now + lease.ttlMs } };
  }

  /** A lease is never shortened by this. */
  extend(key: Uint8Array, untilMs: number): Lease | null {
    const promised = this.#promised.get(hex(key));
    if (promised !== undefined) this.#promised.set(hex(key), Math.max(promised, untilMs));
    this.#context.log.run("extendLease", untilMs, key);
    return this.current(key);
  }

  /** It does not end under a write that is on its way: until that is over. Its holder was promised no more than before. */
  outlast(key: Uint8Array, untilMs: number): void {
    const row = this.#row(key);
    if (row === null) return;
    const name = hex(key);
    if (!this.#promised.has(name)) this.#promised.set(name, row.expires_at);
    this.#context.log.run("extendLease", untilMs, key);
  }

  /** The write is over, and the lease ends when it was to end. */
  writeOver(key: Uint8Array): void {
    const promised = this.#promised.get(hex(key));
    if (promised === undefined) return;
    this.#promised.delete(hex(key));
    this.#context.log.run("endLeaseAt", Math.max(promised, this.#context.now()), key);
  }

  release(key: Uint8Array): void {
    this.#promised.delete(hex(key));
    this.#context.log.bypass();
    this.#delete.run(key);
  }

  /** The row stays until its rest is over, so that the token is still known as one that has ended. */
  break(key: Uint8Array): Lease | null {
    const lease = this.current(key);
    if (lease === null) return null;
    this.#promised.delete(hex(key));
    this.#context.log.bypass();
    this.#end.run(this.#context.now(), key);
    return lease;
  }

  list(service: number | null, limit: number): Lease[] {
    const rows = this.#list.all(this.#context.now(), service, service, Math.min(limit, 1000)) as unknown as LeaseRow[];
    return rows.map((row) => this.#shown(row));
  }

  #row(key: Uint8Array): LeaseRow | null {
    if (this.#leased.size === 0) return null;
    const name = hex(key);
    if (!this.#leased.has(name)) return null;
    const row = this.#select.get(key) as unknown as LeaseRow | undefined;
    if (row) return row;
    this.#leased.delete(name);
    return null;
  }

  #shown(row: LeaseRow): Lease {
    return { id: hex(row.key), service: this.#context.services.byId(row.service).name, path: row.path, holder: row.holder, fence: row.fence, acquiredAt: row.acquired_at, expiresAt: this.#promised.get(hex(row.key)) ?? row.expires_at };
  }
}

/** A token says which resource and which fence it was given out for, so that an old one can be told from an invented one. */
function newToken(key: Uint8Array, fence: number, random: Buffer): string {
  return `urn:parley:lock:${resourceMark(key)}:${fence}:${random.toString("base64url")}`;
}

function wasGivenOut(token: string, key: Uint8Array, fence: number): boolean {
  const match = /^urn:parley:lock:([0-9a-f]{16}):(\d{1,15}):[A-Za-z0-9_-]{22}$/.exec(token);
  return match !== null && match[1] === resourceMark(key) && Number(match[2]) <= fence;
}

function resourceMark(key: Uint8Array): string {
  return hex(key).slice(0, 16);
}
