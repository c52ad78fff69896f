/**
 * Turns of one stored conversation, or of one chain of responses, come one after the other. Two at once meet a bare 409 at
 * the provider, or fork the chain unseen; here the second waits its turn, or is refused with who holds it and what to do.
 * The places are the ledger's, so they hold over all workers. May import the ledger's port and the contract.
 */
import type { ConversationSettings } from "@parley/contract/config/conversations";
import { conflictPath, type ConflictRecord } from "@parley/contract/conflicts/record";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Ledger, WritePlace } from "@parley/stores/ports/ledger";
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";

export interface TurnPorts {
  ledger: Pick<Ledger, "prepareWrite" | "finishWrite">;
  /** Takes it into the list of conflicts. */
  record(conflict: ConflictRecord): void;
  /** That nobody can guess. */
  randomBytes(count: number): Buffer;
  /** Unix milliseconds. */
  now(): number;
  warn(message: string, details: Record<string, unknown>): void;
}

/** Longer than any answer takes. A turn whose gateway is lost gives its place back at once; this is for one that hangs. */
const holdMs = 900_000;

export class ConversationTurns {
  readonly #settings: ConversationSettings;
  readonly #ports: TurnPorts;

  constructor(settings: ConversationSettings, ports: TurnPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** `resource` is the conversation's path. Resolves when it is this call's turn, which ends with the call. Throws a `RefusalError`. */
  async take(exchange: Exchange, resource: string): Promise<void> {
    const { conflicts, waiting, wait } = this.#settings;
    if (conflicts === "pass") return;
    const isOrdered = conflicts === "order";
    const since = performance.now();
    const place = await this.#place(exchange, resource, { maxWaiting: isOrdered ? waiting : 0, waitMs: isOrdered ? wait : 0 });
    exchange.step("conversation", since);
    // Without the ledger the provider's own lock is what is left.
    if (place === null) return;
    if (place.kind === "granted") exchange.onEnded(() => this.#giveBack(place.write));
    else if (place.kind === "busy") throw new RefusalError(this.#refused(exchange, resource, place));
  }

  /** The provider itself said that another turn is under way: one that came by another way than this gateway. */
  noteBypass(exchange: Exchange, resource: string): void {
    if (this.#settings.conflicts === "pass") return;
    const conflict = this.#conflict(exchange, resource, { subcause: "upstream", retryAfterMs: retryMs, holder: "bypass" });
    this.#ports.record({ ...conflict, origin: "upstream", upstream: { status: 409 }, detail: "the provider refused the turn: another one, which did not come through this gateway, is under way" });
  }

  async #place(exchange: Exchange, resource: string, bounds: { maxWaiting: number; waitMs: number }): Promise<WritePlace | null> {
    try {
      return await this.#ports.ledger.prepareWrite({
        service: "ai", path: resource, lockPath: resource, view: "", consumer: exchange.caller?.consumer ?? "", callId: exchange.id, method: exchange.method,
        lockToken: null, idempotency: null, holdMs, ...bounds,
      });
    } catch {
      this.#ports.warn("turns of a conversation cannot be ordered, because the ledger does not answer", { call: exchange.id });
      return null;
    }
  }

  #giveBack(write: string): void {
    // A ledger that is lost has lost its places too.
    this.#ports.ledger.finishWrite({ write, outcome: "not-applied", etag: null, digest: null, response: null, fsync: false }).catch(() => {});
  }

  #refused(exchange: Exchange, resource: string, place: Extract<WritePlace, { kind: "busy" }>): Refusal {
    const holder = place.holder?.consumer || "a caller without a key";
    const conflict = this.#conflict(exchange, resource, { subcause: "queue", retryAfterMs: retryMs, holder });
    this.#ports.record(conflict);
    const { cause, subcause, origin, outcome, guarantee, retryable, retry, id } = conflict;
    const extensions = { cause, subcause, origin, outcome, guarantee, retryable, retry, holder, ...(place.holder && { holder_call_id: place.holder.callId }), instance: conflictPath + id };
    return { code: "conversation-busy", detail: conflict.detail, extensions, headers: { "Retry-After": String(Math.ceil(retryMs / 1000)) } };
  }

  #conflict(exchange: Exchange, resource: string, { subcause, retryAfterMs, holder }: { subcause: "queue" | "upstream"; retryAfterMs: number; holder: string }): ConflictRecord {
    const consumer = exchange.caller?.consumer;
    const name = resource.slice(resource.lastIndexOf("/") + 1);
    return {
      id: this.#ports.randomBytes(16).toString("hex"), at: this.#ports.now(), state: "prevented", service: "ai", resource, method: exchange.method, callId: exchange.id,
      ...(consumer !== undefined && { consumer }), consumers: [...new Set([consumer ?? "anonymous", holder])], status: 409,
      detail: `another turn of ${name} is under way, and ${this.#settings.conflicts === "order" ? "too many wait, or this one waited too long" : "turns are not queued"}`,
      cause: "busy", subcause, origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: true, retry: { strategy: "wait", afterMs: retryAfterMs },
      expected: [], holder,
    };
  }
}

/** How long a turn takes, roughly; nobody can know. */
const retryMs = 2000;
