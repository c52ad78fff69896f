/**
 * What a worker knows of conflicts beyond single calls: it counts them, hands them to the ledger and the log, and
 * answers for the routes in force. Bounded: a storm of conflicts is counted to the last, but kept only as fast as is of use.
 */
import type { RouteGuarantee } from "@parley/contract/api/conflicts";
import type { MetricFamily, RestoreOrder, RestoreOutcome } from "@parley/contract/channel";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { Ledger, UnresolvedWrite } from "@parley/stores/ports/ledger";
import { type BypassLedger, KnownBypasses } from "./known-bypasses.ts";
import { LabelledCounter } from "../../telemetry/labelled-counter.ts";

/** What a route in force tells about itself. */
export interface GuardedRoute {
  /** Brings a kept version back; absent where the route guards nothing. */
  restore?: (order: RestoreOrder) => Promise<RestoreOutcome>;
  guarantee(): RouteGuarantee;
  potential(): ConflictRecord[];
  /** Null where the route guards nothing. Looks what became of a write whose gateway was lost; gives null where that cannot be seen now. */
  recover: ((write: UnresolvedWrite) => Promise<"applied" | "not-applied" | "diverged" | null>) | null;
}

export interface BookPorts {
  ledger: Pick<Ledger, "recordConflict"> & BypassLedger;
  monotonicMs(): number;
  /** The one structured line of each conflict. */
  log(details: Record<string, unknown>, message: string): void;
  /** What is kept of a resource may be out of date: somebody has changed it, past the gateway perhaps. */
  changed?(service: string, resource: string): void;
}

/** So many are kept a second, the burst being ten times that. */
const keptPerSecond = 50;
const burst = keptPerSecond * 10;
const maxPotentialShown = 1_000;
const maxIdleSeries = 1_000;

export class ConflictBook {
  readonly #ports: BookPorts;
  readonly #routes = new Map<string, GuardedRoute>();
  readonly #counts = new LabelledCounter("parley_conflicts_total", "Conflicts that were met or found, by cause.", ["service", "cause"]);
  readonly bypasses: KnownBypasses;
  #room = burst;
  #roomAtMs: number;

  constructor(ports: BookPorts) {
    this.#ports = ports;
    this.bypasses = new KnownBypasses(ports);
    this.#roomAtMs = ports.monotonicMs();
  }

  /** Takes the place of what the service had before. */
  register(service: string, route: GuardedRoute): void {
    this.#routes.set(service, route);
  }

  forget(service: string): void {
    this.#routes.delete(service);
  }

  route(service: string): GuardedRoute | undefined {
    return this.#routes.get(service);
  }

  record(record: ConflictRecord): void {
    this.#counts.add(1, record.service, record.cause);
    this.#ports.changed?.(record.service, record.resource);
    if (!this.#hasRoom()) return;
    const { id, service, resource, cause, subcause, state, consumers, callId, expected, current, status } = record;
    this.#ports.log({ conflict: id, service, resource, cause, subcause, state, status, consumers, callId, expected, current: current?.etag }, "a conflict");
    // A ledger that is down loses the record and never the call; the line above has the essence.
    this.#ports.ledger.recordConflict(record).catch(() => {});
  }

  /** A write past the gateway was found. */
  bypassed(service: string, resource: string): void {
    this.bypasses.found(service, resource);
    this.#ports.changed?.(service, resource);
  }

  /** A write that nobody sees by its own path, as an item of a batch. */
  written(service: string, resource: string): void {
    this.#ports.changed?.(service, resource);
  }

  guarantees(): RouteGuarantee[] {
    return [...this.#routes.values()].map((route) => route.guarantee());
  }

  potential(): ConflictRecord[] {
    const found: ConflictRecord[] = [];
    for (const route of this.#routes.values()) {
      found.push(...route.potential());
      if (found.length >= maxPotentialShown) break;
    }
    return found.slice(0, maxPotentialShown);
  }

  families(labels: Record<string, string>): MetricFamily[] {
    const all = [...this.#routes].map(([service, route]) => ({ labels: { service, ...labels }, value: route.potential().length }));
    // Of very many services only those are listed that have something to say.
    const edits = all.length <= maxIdleSeries ? all : all.filter(({ value }) => value > 0);
    return [
      this.#counts.family(labels),
      { name: "parley_overlapping_edits", help: "Pairs of actors who edit the same resource now, one having written since the other read.", type: "gauge", series: edits },
    ];
  }

  #hasRoom(): boolean {
    const now = this.#ports.monotonicMs();
    this.#room = Math.min(burst, this.#room + ((now - this.#roomAtMs) / 1000) * keptPerSecond);
    this.#roomAtMs = now;
    if (this.#room < 1) return false;
    this.#room -= 1;
    return true;
  }
}
