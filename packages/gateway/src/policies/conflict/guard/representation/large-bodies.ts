/** Bodies past `conflict.maxBody` are neither tagged nor merged, which somebody should know: a line for each resource, and never more than one a second. */
import { LatestEntries } from "./latest-entries.ts";

export interface LargeBodyPorts {
  monotonicMs(): number;
  warn(message: string, details: Record<string, unknown>): void;
}

const pauseMs = 1_000;
const maxRemembered = 1_000;

export class LargeBodies {
  readonly #about: { service: string; maxBodyBytes: number };
  readonly #ports: LargeBodyPorts;
  readonly #told = new LatestEntries<true>(maxRemembered);
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(about: { service: string; maxBodyBytes: number }, ports: LargeBodyPorts) {
    this.#about = about;
    this.#ports = ports;
  }

  met(resource: string, direction: "read" | "written"): void {
    const now = this.#ports.monotonicMs();
    if (now < this.#nextAtMs || this.#told.get(resource) !== undefined) return;
    this.#nextAtMs = now + pauseMs;
    this.#told.set(resource, true);
    this.#ports.warn("a body past conflict.maxBody is not guarded by a tag of the gateway's, and not merged", { ...this.#about, resource, direction });
  }
}
