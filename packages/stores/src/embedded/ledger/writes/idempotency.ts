/** Repeated requests: reserved in memory when they come, kept from the moment at which the first is sent. */
import type { StatementSync } from "node:sqlite";
import type { IdempotencyKey, StoredResponse, WritePlace } from "../../../ports/ledger.ts";
import type { LedgerContext } from "../context.ts";
import { fingerprintBytes, idempotencyKey } from "../keys.ts";

type Refusal = Extract<WritePlace, { kind: "idempotency" }>;

export interface Reservation {
  key: Uint8Array;
  service: number;
  fingerprint: Uint8Array;
  retainMs: number;
}

interface Row {
  fingerprint: Uint8Array;
  state: "sent" | "done" | "unknown";
  response: string | null;
}

export class Idempotency {
  readonly #context: LedgerContext;
  /** Keys of requests that are not sent yet, by the key's text. */
  readonly #reserved = new Map<string, Uint8Array>();
  readonly #select: StatementSync;

  constructor(context: LedgerContext) {
    this.#context = context;
    const { database } = context;
    this.#select = database.prepare("SELECT fingerprint, state, response FROM idempotency WHERE key = ? AND expires_at > ?");
    // Whoever sent these is gone with the process before this one.
    database.exec("UPDATE idempotency SET state = 'unknown' WHERE state = 'sent'");
  }

  /** A refusal, or the reservation, which is the first request's. */
  reserve(service: { id: number; name: string }, key: IdempotencyKey): Refusal | Reservation {
    const refusal = this.check(service.name, key);
    if (refusal) return refusal;
    const reservation = { key: idempotencyKey(service.name, key), service: service.id, fingerprint: fingerprintBytes(key.fingerprint), retainMs: key.retainMs };
    this.#reserved.set(hex(reservation.key), reservation.fingerprint);
    return reservation;
  }

  /** Null for a key that nobody has used. */
  check(service: string, key: IdempotencyKey): Refusal | null {
    const bytes = idempotencyKey(service, key);
    const fingerprint = fingerprintBytes(key.fingerprint);
    const reserved = this.#reserved.get(hex(bytes));
    if (reserved) return { kind: "idempotency", state: same(reserved, fingerprint) ? "in-flight" : "payload-mismatch" };
    const row = this.#select.get(bytes, this.#context.now()) as unknown as Row | undefined;
    return row ? this.#known(row, fingerprint) : null;
  }

  #known(row: Row, fingerprint: Uint8Array): Refusal {
    if (!same(row.fingerprint, fingerprint)) return { kind: "idempotency", state: "payload-mismatch" };
    if (row.state === "sent") return { kind: "idempotency", state: "in-flight" };
    if (row.state === "unknown" || row.response === null) return { kind: "idempotency", state: "outcome-unknown" };
    return { kind: "idempotency", state: "done", response: JSON.parse(row.response) as StoredResponse };
  }

  /** From now on a crash is remembered as "nobody knows". */
  sent(reservation: Reservation, write: string): void {
    this.#context.log.run("putKey", reservation.key, reservation.service, reservation.fingerprint, write, this.#context.now() + reservation.retainMs);
    this.#reserved.delete(hex(reservation.key));
  }

  done(write: string, response: StoredResponse | null): void {
    if (response === null) this.#context.log.run("forgetKey", write);
    else this.#context.log.run("settleKey", JSON.stringify(response), write);
  }

  /** Before it was sent. */
  giveBack(reservation: Reservation): void {
    this.#reserved.delete(hex(reservation.key));
  }

  unknown(write: string): void {
    this.#context.log.run("loseKey", write);
  }

  /** Recovery found that the write had no effect: the key may be used again. */
  notApplied(write: string): void {
    this.#context.log.run("forgetKey", write);
  }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
