/**
 * Call records (and bodies, elsewhere) on their way to the control plane: a batch in memory, half a second later at most a
 * segment of the spool, which is sealed (renamed) once it is complete. The disk is never waited for by a call, and never stops
 * one: what it does not take, or what would pass the bound, is dropped and counted. A killed process loses what was not written.
 */
import { mkdirSync } from "node:fs";
import { open, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { sealedSegment } from "@parley/contract/call-record";
import { LossCount } from "@parley/contract/loss-count";

/** What becomes one segment: of one form from its first byte to its last. */
export interface SpoolBatch<Item> {
  readonly rows: number;
  /** Of the name of the segment that it becomes. */
  readonly ending: "parquet" | "ndjson";
  /** It has to be taken before anything more is added. */
  readonly isFull: boolean;
  /** False where it does not fit. */
  add(item: Item): boolean;
  /** The whole segment; leaves nothing. */
  take(): Uint8Array;
}

export interface SpoolOptions<Item> {
  batch: SpoolBatch<Item>;
  directory: string;
  worker: number;
  /** Unix milliseconds of this process's start; makes its segments' names its own. */
  startedAtMs: number;
  /** A segment can be read. */
  sealed(segment: string): void;
  log: { error(details: Record<string, unknown>, message: string): void };
  maxTotalBytes?: number;
  /** How long a record waits at most before it is on its way into a file. */
  flushEveryMs?: number;
}

interface Segment {
  bytes: Uint8Array;
  rows: number;
  ending: string;
}

const defaults = { maxTotalBytes: 256 * 1024 * 1024, flushEveryMs: 500 };
/** Of segments that the disk has not taken yet. */
const maxWaitingBytes = 16 * 1024 * 1024;
/** What the control plane has taken away is looked at this often, and every time while the spool is full. */
const countEveryRounds = 5;
const complainEveryMs = 60_000;

export class Spool<Item> {
  readonly dropped = new LossCount();
  #options: SpoolOptions<Item> & typeof defaults;
  #waitingBytes = 0;
  #sequence = 0;
  /** What of all workers lies on the disk, as of the last look, and what was written since. */
  #totalBytes = 0;
  #roundsSinceCount = countEveryRounds;
  #timer: NodeJS.Timeout;
  #work: Promise<void> = Promise.resolve();
  /** A look at the disk is under way or waits for its turn. */
  #counts = false;
  #complainedAtMs = -Infinity;

  constructor(options: SpoolOptions<Item>) {
    this.#options = { ...defaults, ...options };
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#timer = setInterval(() => this.#tick(), this.#options.flushEveryMs).unref();
  }

  append(item: Item): void {
    const { batch } = this.#options;
    if (this.#isFull() || this.#waitingBytes > maxWaitingBytes || !batch.add(item)) {
      this.dropped.add();
      this.#complain("the spool of call records is full; records are dropped until the control plane has taken it in");
    } else if (batch.isFull) this.#flush();
  }

  /** Writes and seals everything; nothing may be appended after it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#work;
  }

  #tick(): void {
    if (this.#options.batch.rows === 0 && !this.#isFull()) return;
    this.#flush();
    if (this.#counts) return;
    this.#counts = true;
    this.#work = this.#work.then(() => this.#count()).finally(() => (this.#counts = false));
  }

  #flush(): void {
    const { batch } = this.#options;
    const { rows, ending } = batch;
    if (rows === 0) return;
    const bytes = batch.take();
    this.#waitingBytes += bytes.length;
    this.#work = this.#work.then(() => this.#write({ bytes, rows, ending }));
  }

  #isFull(): boolean {
    return this.#totalBytes > this.#options.maxTotalBytes;
  }

  async #count(): Promise<void> {
    if (++this.#roundsSinceCount < countEveryRounds && !this.#isFull()) return;
    this.#roundsSinceCount = 0;
    this.#totalBytes = await spoolBytes(this.#options.directory);
  }

  async #write({ bytes, rows, ending }: Segment): Promise<void> {
    const { directory, startedAtMs, worker } = this.#options;
    const name = `${startedAtMs}-${worker}-${this.#sequence++}`;
    const path = join(directory, `${name}.open`);
    try {
      await writeAll(path, bytes);
      await rename(path, join(directory, `${name}.${ending}`));
      this.#totalBytes += bytes.length;
      this.#options.sealed(`${name}.${ending}`);
    } catch (error) {
      this.dropped.add(rows);
      this.#complain("call records cannot be written to the spool and are lost", error);
      await unlink(path).catch(() => undefined);
    } finally {
      this.#waitingBytes -= bytes.length;
    }
  }

  #complain(message: string, error?: unknown): void {
    const now = performance.now();
    if (now - this.#complainedAtMs < complainEveryMs) return;
    this.#complainedAtMs = now;
    this.#options.log.error({ error, dropped: this.dropped.count, directory: this.#options.directory }, message);
  }
}

async function writeAll(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "w", 0o600);
  await file.writeFile(bytes);
}

/** 0 where the directory cannot be read: the next write will tell. */
async function spoolBytes(directory: string): Promise<number> {
  try {
    const segments = (await readdir(directory)).filter((name) => sealedSegment.test(name));
    const sizes = await Promise.all(segments.map((name) => stat(join(directory, name)).then((stats) => stats.size, () => 0)));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
