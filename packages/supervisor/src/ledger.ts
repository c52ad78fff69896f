/**
 * The ledger of this installation, in a thread of the one process that outlives both planes. A thread that ends by itself
 * is started again, later each time; meanwhile guarded writes are refused and nothing else is.
 */
import type { DataDirectory } from "@parley/contract/data-directory";
import { type EmbeddedLedger, startLedger } from "@parley/stores/embedded/ledger";
import { backoffAfterDeath } from "./backoff.ts";

export interface KeptLedger {
  close(): Promise<void>;
}

export async function keepLedger(data: DataDirectory, note: (line: string) => void): Promise<KeptLedger> {
  const keeper = new LedgerKeeper(data, note);
  await keeper.start();
  return keeper;
}

class LedgerKeeper implements KeptLedger {
  readonly #data: DataDirectory;
  readonly #note: (line: string) => void;
  #ledger: EmbeddedLedger | null = null;
  #again: NodeJS.Timeout | null = null;
  #deaths = 0;
  #startedAtMs = 0;
  #closed = false;

  constructor(data: DataDirectory, note: (line: string) => void) {
    this.#data = data;
    this.#note = note;
  }

  async start(): Promise<void> {
    this.#again = null;
    this.#startedAtMs = performance.now();
    try {
      this.#ledger = await startLedger({ databasePath: this.#data.ledgerDatabase, socketPath: this.#data.ledgerSocket, died: (error) => this.#died(error) });
      if (this.#closed) await this.#ledger.close();
    } catch (error) {
      this.#died(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#again) clearTimeout(this.#again);
    await this.#ledger?.close();
  }

  #died(error: unknown): void {
    this.#ledger = null;
    if (this.#closed) return;
    const { deaths, delayMs } = backoffAfterDeath(this.#deaths, performance.now() - this.#startedAtMs);
    this.#deaths = deaths;
    this.#note(`the ledger ended (${error instanceof Error ? error.message : String(error)}); starting it again in ${delayMs / 1000} s`);
    this.#again = setTimeout(() => void this.start(), delayMs);
  }
}
