/**
 * Hot path (benchmark: guard). The bodies that changes can be merged from and restored to: so many bytes a service, and what is
 * too much goes in the commit that would bring it, the oldest first. So no commit leaves more behind than the cap says.
 */
import type { StatementSync } from "node:sqlite";
import type { KeptBody } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";
import { digestBytes } from "./keys.ts";
import type { KnownService } from "./services.ts";

export interface NewBase {
  contentType: string;
  body: Uint8Array;
  digest: string;
  retainMs: number;
}

/** So many are looked through at a time. */
const perStep = 500;

export class Bases {
  readonly #context: LedgerContext;
  readonly #read: StatementSync;
  readonly #oldest: StatementSync;
  readonly #deleteOldest: StatementSync;

  constructor(context: LedgerContext) {
    const { database } = context;
    this.#context = context;
    this.#read = database.prepare("SELECT content_type, body FROM base WHERE key = ? AND digest = ? AND expires_at > ?");
    this.#oldest = database.prepare("SELECT id, bytes FROM base WHERE service = ? ORDER BY id LIMIT ?");
    this.#deleteOldest = database.prepare("DELETE FROM base WHERE service = ? AND id <= ?");
  }

  /** One that is there already is kept for longer. */
  keep(key: Uint8Array, service: KnownService, base: NewBase): boolean {
    const { log, caps, now } = this.#context;
    const { body } = base;
    if (body.length > caps.bytesPerBase) return false;
    const digest = digestBytes(base.digest);
    const expiresAt = now() + base.retainMs;
    if (log.run("keepNewBase", key, digest, service.id, expiresAt, body.length, base.contentType, body) > 0) service.baseBytes += body.length;
    else log.run("extendBase", expiresAt, key, digest);
    return true;
  }

  read(key: Uint8Array, digest: string): KeptBody | null {
    const row = this.#read.get(key, digestBytes(digest), this.#context.now()) as unknown as { content_type: string; body: Uint8Array } | undefined;
    return row ? { contentType: row.content_type, body: Buffer.from(row.body).toString("base64") } : null;
  }

  /** To be called before each commit. */
  trim(): void {
    const { services, caps } = this.#context;
    for (const service of services.all()) while (service.baseBytes > caps.baseBytes) this.#forgetOldest(service, service.baseBytes - caps.baseBytes);
  }

  #forgetOldest(service: KnownService, excess: number): void {
    this.#context.log.begin();
    let newestToGo = 0;
    let bytes = 0;
    for (const row of this.#oldest.iterate(service.id, perStep) as Iterable<{ id: number; bytes: number }>) {
      newestToGo = row.id;
      bytes += row.bytes;
      if (bytes >= excess) break;
    }
    if (bytes === 0) service.baseBytes = 0;
    else {
      this.#deleteOldest.run(service.id, newestToGo);
      service.baseBytes -= bytes;
    }
  }
}
