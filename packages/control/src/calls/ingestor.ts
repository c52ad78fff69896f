/**
 * Moves call records from the spool into the call log: at once when a gateway says that a segment is sealed, and by
 * looking at the folder every now and then, for what was missed. A segment's file goes only when its records are in.
 */
import { readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { sealedSegment } from "@parley/contract/call-record";
import { CallLogUnavailableError, type CallLog } from "@parley/stores/ports/call-log";

export interface IngestorPorts {
  spool: string;
  callLog: CallLog;
  onSkipped: (segment: string, lines: number) => void;
  onError: (segment: string, error: unknown) => void;
}

const lookEveryMs = 2_000;
/** A segment that is refused this often while others are taken is set aside; when all are refused the log is at fault. */
const maxFailures = 5;

interface Failing {
  failures: number;
  takenBefore: number;
}

export class Ingestor {
  readonly #ports: IngestorPorts;
  readonly #failing = new Map<string, Failing>();
  #taken = 0;
  #running: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: IngestorPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = setInterval(() => void this.run(), lookEveryMs);
    void this.run();
  }

  /** Takes in everything that is sealed now; asking while it runs makes it look once more. */
  run(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#work();
    return this.#running;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.run();
  }

  /** Bytes on their way to the log. */
  async spoolBytes(): Promise<number> {
    const sizes = (await this.#files()).map((file) => stat(join(this.#ports.spool, file)).then((found) => found.size, () => 0));
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async #work(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        const segments = (await this.#files()).filter((file) => sealedSegment.test(file)).toSorted(bySequence);
        for (const name of segments) if (!(await this.#takeIn(name))) return;
      }
    } finally {
      this.#running = null;
    }
  }

  /** False when the log is away: the segments wait. */
  async #takeIn(name: string): Promise<boolean> {
    const path = join(this.#ports.spool, name);
    try {
      const { skipped } = await this.#ports.callLog.ingest({ name, path });
      if (skipped > 0) this.#ports.onSkipped(name, skipped);
      await unlink(path);
      this.#failing.delete(name);
      this.#taken++;
    } catch (error) {
      const away = error instanceof CallLogUnavailableError && error.cause === undefined;
      if (away) return false;
      await this.#failed(name, error);
    }
    return true;
  }

  async #failed(name: string, error: unknown): Promise<void> {
    const before = this.#failing.get(name) ?? { failures: 0, takenBefore: this.#taken };
    const failing = { ...before, failures: before.failures + 1 };
    this.#failing.set(name, failing);
    this.#ports.onError(name, error);
    if (failing.failures < maxFailures || this.#taken === failing.takenBefore) return;
    this.#failing.delete(name);
    await rename(join(this.#ports.spool, name), join(this.#ports.spool, `${name}.refused`)).catch(() => undefined);
  }

  #files(): Promise<string[]> {
    return readdir(this.#ports.spool).catch(() => []);
  }
}

/** Oldest first: by start, worker and number, each as a number. */
function bySequence(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => (sealedSegment.exec(name) ?? []).slice(1).map(Number));
  for (let index = 0; index < 3; index++) {
    const order = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
