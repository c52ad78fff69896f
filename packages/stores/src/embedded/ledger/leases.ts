/**
 * Leases (RFC 4918's locks with an end): one holder a resource, a fence that grows with every grant, and a rest after a lease
 * that ended without being released, in which a request of its holder's may still be on its way.
 */
import type { StatementSync } from "node:sqlite";
import type { Lease } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";
import { hex } from "./sent-writes.ts";

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

export type TokenVerdict =
  /** Until when the resource rests after its last lease; 0 where it had none. */
  | { kind: "free"; restsUntil: number }
  | { kind: "own" | "unknown-token" | "expired" }
  | { kind: "held"; lease: Lease };

export class Leases {
  readonly #context: LedgerContext;
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  readonly #extend: StatementSync;
  readonly #end: StatementSync;
  readonly #delete: StatementSync;
  readonly #list: StatementSync;
  readonly #count: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#select = database.prepare("SELECT * FROM lease WHERE key = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");
    this.#extend = database.prepare("UPDATE lease SET expires_at = max(expires_at, ?) WHERE key = ?");
    this.#end = database.prepare("UPDATE lease SET expires_at = ?, broken = 1 WHERE key = ?");
    this.#delete = database.prepare("DELETE FROM lease WHERE key = ?");
    this.#list = database.prepare("SELECT * FROM lease WHERE expires_at > ? AND (? IS NULL OR service = ?) ORDER BY acquired_at DESC LIMIT ?");
    this.#count = database.prepare("SELECT count(*) AS n FROM lease WHERE service = ?");
  }

  current(key: Uint8Array): Lease | null {
    const row = this.#row(key);
    return row !== null && row.expires_at > this.#context.now() ? this.#shown(row) : null;
  }

  /** Hot path (benchmark: guard). `fence` is asked for only where a token has to be told from an invented one. */
  judge(key: Uint8Array, token: string | null, fence: () => number): TokenVerdict {
    const row = this.#row(key);
    const live = row !== null && row.expires_at > this.#context.now();
    if (token === null) return live ? { kind: "held", lease: this.#shown(row) } : { kind: "free", restsUntil: row === null ? 0 : row.expires_at + row.rest_ms };
    if (row !== null && row.token === token) return { kind: live ? "own" : "expired" };
    return { kind: wasGivenOut(token, key, fence()) ? "expired" : "unknown-token" };
  }

  /** Null where the service has as many leases as it may have. */
  grant(key: Uint8Array, lease: { service: number; path: string; holder: string; fence: number; ttlMs: number; restMs: number }): { token: string; lease: Lease } | null {
    const { n } = this.#count.get(lease.service) as { n: number };
    if (n >= this.#context.caps.leases) return null;
    const now = this.#context.now();
    const token = newToken(key, lease.fence, this.#context.randomBytes(16));
    this.#put.run(key, lease.service, lease.path, token, lease.fence, lease.holder, now, now + lease.ttlMs, lease.restMs);
    return { token, lease: { id: hex(key), service: this.#context.services.byId(lease.service).name, path: lease.path, holder: lease.holder, fence: lease.fence, acquiredAt: now, expiresAt: now + lease.ttlMs } };
  }

  /** A lease is never shortened by this. */
  extend(key: Uint8Array, untilMs: number): Lease | null {
    this.#extend.run(untilMs, key);
    return this.current(key);
  }

  release(key: Uint8Array): void {
    this.#delete.run(key);
  }

  /** The row stays until its rest is over, so that the token is still known as one that has ended. */
  break(key: Uint8Array): Lease | null {
    const lease = this.current(key);
    if (lease) this.#end.run(this.#context.now(), key);
    return lease;
  }

  list(service: number | null, limit: number): Lease[] {
    const rows = this.#list.all(this.#context.now(), service, service, Math.min(limit, 1000)) as unknown as LeaseRow[];
    return rows.map((row) => this.#shown(row));
  }

  #row(key: Uint8Array): LeaseRow | null {
    return (this.#select.get(key) as unknown as LeaseRow | undefined) ?? null;
  }

  #shown(row: LeaseRow): Lease {
    return { id: hex(row.key), service: this.#context.services.byId(row.service).name, path: row.path, holder: row.holder, fence: row.fence, acquiredAt: row.acquired_at, expiresAt: row.expires_at };
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
