/**
 * Of which services writes past the gateway were found, by any worker and before any restart. The ledger keeps it; here is what
 * it said last, and what it could not be told yet.
 */
import type { Ledger } from "@parley/stores/ports/ledger";

export type BypassLedger = Pick<Ledger, "keepBypass" | "listBypasses">;

const everyMs = 5_000;
/** Of a service whose writers bypass the gateway all day, one word in so long a time is enough. */
const againMs = 60_000;

export class KnownBypasses {
  readonly #ports: { ledger: BypassLedger; monotonicMs(): number };
  #known: ReadonlySet<string> = new Set();
  /** Found here: the resource, until the ledger has it. */
  readonly #untold = new Map<string, string>();
  readonly #toldAtMs = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(ports: { ledger: BypassLedger; monotonicMs(): number }) {
    this.#ports = ports;
  }

  has(service: string): boolean {
    return this.#known.has(service) || this.#untold.has(service);
  }

  found(service: string, path: string): void {
    const toldAtMs = this.#toldAtMs.get(service);
    if (this.#untold.has(service) || (this.#known.has(service) && toldAtMs !== undefined && this.#ports.monotonicMs() - toldAtMs < againMs)) return;
    this.#untold.set(service, path);
    void this.refresh();
  }

  start(): void {
    void this.refresh().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), everyMs).unref();
    });
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** What is known stays known while the ledger cannot be asked. */
  async refresh(): Promise<void> {
    const { ledger } = this.#ports;
    try {
      const telling = [...this.#untold];
      for (const [service, path] of telling) await ledger.keepBypass({ service, path });
      const found = await ledger.listBypasses({ service: null });
      this.#known = new Set(found.map(({ service }) => service));
      for (const [service] of telling) {
        this.#untold.delete(service);
        this.#toldAtMs.set(service, this.#ports.monotonicMs());
      }
    } catch {
      // The next round tells it.
    }
  }
}
