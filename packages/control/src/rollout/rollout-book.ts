/**
 * How far each rollout is, kept in a file (0600) beside the configuration: the configuration says how a release is to be
 * rolled out, and this what has become of it, so that it works the same whether a file or the database is the truth. A
 * canary whose settings change is a new one and begins anew.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Canary } from "@parley/contract/config/canary";
import type { Service } from "@parley/contract/config/service";
import { rolloutState, type RolloutState } from "@parley/contract/api/rollout";
import type { SnapshotEntry } from "../publishing/compile.ts";

export class RolloutBook {
  readonly #path: string;
  readonly #onError: (error: unknown) => void;
  /** By service; as many as there are services with a rollout. */
  readonly #states: Map<string, RolloutState>;

  constructor(path: string, onError: (error: unknown) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#states = read(path, onError);
  }

  /** Null where nothing is known of these settings. */
  get(service: string, canary: Canary): RolloutState | null {
    const state = this.#states.get(service);
    return state?.settings === settingsText(canary) ? state : null;
  }

  set(service: string, state: RolloutState): void {
    this.#states.set(service, state);
    this.#write();
  }

  /** Forgets all others. */
  keep(services: ReadonlySet<string>): void {
    const gone = [...this.#states.keys()].filter((service) => !services.has(service));
    for (const service of gone) this.#states.delete(service);
    if (gone.length > 0) this.#write();
  }

  /** What gateways get: the share that the rollout has come to; one that was taken back gets nobody at all. */
  amend(entry: SnapshotEntry): SnapshotEntry {
    if (entry.kind !== "service" || entry.value === null) return entry;
    const service = entry.value as Service;
    const state = service.canary?.rollout && this.get(entry.name, service.canary);
    if (!service.canary || !state) return entry;
    const { header: _header, consumers: _consumers, ...everybody } = service.canary;
    const canary: Canary = state.phase === "rolled-back" ? { ...everybody, percent: 0 } : { ...service.canary, percent: state.percent };
    return { kind: entry.kind, name: entry.name, value: { ...service, canary } };
  }

  /** Whole and under another name first. */
  #write(): void {
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(Object.fromEntries(this.#states)), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#onError(error);
    }
  }
}

export function settingsText(canary: Canary): string {
  return JSON.stringify(canary);
}

function read(path: string, onError: (error: unknown) => void): Map<string, RolloutState> {
  try {
    const states = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    return new Map(Object.entries(states).flatMap(([service, state]) => {
      const parsed = rolloutState.safeParse(state);
      return parsed.success ? [[service, parsed.data] as const] : [];
    }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onError(error);
    return new Map();
  }
}
