/**
 * Hot path (benchmark: guard). The bodies that changes can be merged from and restored to: so many bytes a service, and what is
 * too much goes in the commit that would bring it, those first that expire first. So no commit leaves more behind than the cap says. Those of
 * reads are in memory until then: a kill can lose some of the last seconds, and what would have been merged from them is refused.
 */
import type { StatementSync } from "node:sqlite";
import type { KeptBody } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { digestBytes } from "../keys.ts";
import { refusedValue } from "../log/logged-statements.ts";
import { hex } from "../writes/sent-writes.ts";
import type { KnownService } from "../services.ts";

export interface NewBase {
  contentType: string;
  body: Uint8Array;
  digest: string;
  retainMs: number;
}

type Row = [key: Uint8Array, digest: Uint8Array, service: number, expiresAt: number, bytes: number, contentType: string, body: Uint8Array];

interface OldRow {
  id: number;
  expires_at: number;
  bytes: number;
}

/** So many are looked through at a time. */
const perStep = 500;

export class Bases {
  readonly #context: LedgerContext;
  /** Those that no commit has met yet. */
  readonly #waiting = new Map<string, Row>();
  #waitingBytes = 0;
  readonly #read: StatementSync;
  readonly #oldest: StatementSync;
  readonly #deleteOldest: StatementSync;

  constructor(context: LedgerContext) {
    const { database } = context;
    this.#context = context;
    this.#read = database.prepare("SELECT content_type, body FROM base WHERE key = ? AND digest = ? AND expires_at > ?");
    this.#oldest = database.prepare("SELECT id, expires_at, bytes FROM base WHERE service = ? ORDER BY expires_at, id LIMIT ?");
    this.#deleteOldest = database.prepare("DELETE FROM base WHERE service = ? AND (expires_at, id) <= (?, ?)");
  }

  /** Of those that only memory has. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** One that is there already is kept for longer. */
  keep(key: Uint8Array, service: KnownService, base: NewBase): boolean {
    if (!this.#fits(base)) return false;
    const { log } = this.#context;
    const row = this.#row(key, service, base);
    if (log.run("keepNewBase", ...row) > 0) service.baseBytes += base.body.length;
    else log.run("extendBase", row[3], row[0], row[1]);
    return true;
  }

  /** As `keep`, but the log does not have it: durable with the next commit only. Nothing of its operation may fail behind it. */
  keepLater(key: Uint8Array, service: KnownService, base: NewBase): void {
    if (!this.#fits(base)) return;
    const row = this.#row(key, service, base);
    const refused = refusedValue("keepNewBase", row);
    if (refused !== null) throw new Error(`a body cannot be kept with ${refused}`);
    const name = nameOf(key, base.digest);
    if (!this.#waiting.has(name)) this.#waitingBytes += base.body.length;
    this.#waiting.set(name, row);
  }

  isWaiting(key: Uint8Array, digest: string | null): boolean {
    return digest !== null && this.#waiting.has(nameOf(key, digest));
  }

  read(key: Uint8Array, digest: string): KeptBody | null {
    const now = this.#context.now();
    const waiting = this.#waiting.get(nameOf(key, digest));
    if (waiting !== undefined && waiting[3] > now) return shown(waiting[5], waiting[6]);
    const row = this.#read.get(key, digestBytes(digest), now) as unknown as { content_type: string; body: Uint8Array } | undefined;
    return row ? shown(row.content_type, row.body) : null;
  }

  /** Brings into the table what is in memory only. */
  write(): void {
    const { log, services } = this.#context;
    for (const row of this.#waiting.values()) {
      if (log.write("keepNewBase", ...row) > 0) services.byId(row[2]).baseBytes += row[4];
      else log.write("extendBase", row[3], row[0], row[1]);
    }
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }

  /** To be called before each commit. */
  trim(): void {
    const { services, caps } = this.#context;
    for (const service of services.all()) while (service.baseBytes > caps.baseBytes) this.#forgetOldest(service, service.baseBytes - caps.baseBytes);
  }

  #fits({ body }: NewBase): boolean {
    return body.length <= this.#context.caps.bytesPerBase;
  }

  #row(key: Uint8Array, service: KnownService, { digest, retainMs, contentType, body }: NewBase): Row {
    return [key, Buffer.from(digest, "base64url"), service.id, this.#context.now() + retainMs, body.length, contentType, body];
  }

  #forgetOldest(service: KnownService, excess: number): void {
    this.#context.log.begin();
    let newestToGo: OldRow | null = null;
    let bytes = 0;
    for (const row of this.#oldest.iterate(service.id, perStep) as Iterable<object> as Iterable<OldRow>) {
      newestToGo = row;
      bytes += row.bytes;
      if (bytes >= excess) break;
    }
    if (newestToGo === null || bytes === 0) service.baseBytes = 0;
    else {
      this.#deleteOldest.run(service.id, newestToGo.expires_at, newestToGo.id);
      service.baseBytes -= bytes;
    }
  }
}

function nameOf(key: Uint8Array, digest: string): string {
  return hex(key) + digest;
}

function shown(contentType: string, body: Uint8Array): KeptBody {
  return { contentType, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64") };
}
