/**
 * Call records on their way to the call log: lines in memory, a quarter of a second later at most in a segment of the spool,
 * and sealed (renamed) for the control plane soon after. The disk is never waited for by a call, and never stops one: what
 * it does not take, or what would pass the bound, is dropped and counted. A killed process loses what was not flushed.
 */
import { mkdirSync } from "node:fs";
import { open, readdir, rename, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { sealedSegment } from "@parley/contract/call-record";
import { LineBuffer } from "./line-buffer.ts";

export interface SpoolOptions {
  directory: string;
  worker: number;
  /** Unix milliseconds of this process's start; makes its segments' names its own. */
  startedAtMs: number;
  /** A segment can be read. */
  sealed(segment: string): void;
  log: { error(details: Record<string, unknown>, message: string): void };
  maxTotalBytes?: number;
  /** How long a record waits at most before it is in a file; sealing is looked at after each second flush. */
  flushEveryMs?: number;
}

const defaults = { maxTotalBytes: 256 * 1024 * 1024, flushEveryMs: 250 };
const maxSegmentBytes = 4 * 1024 * 1024;
const maxWaitingBytes = 16 * 1024 * 1024;
/**
 * So much is written at once, whatever the time. The buffers of a busy quarter of a second would otherwise be more than
 * are kept for reuse, and those left over would lie in the old generation, some 20 MiB of them, until it is collected.
 */
const writeAtBytes = 384 * 1024;
/** What the control plane has taken away is looked at this often, and every time while the spool is full. */
const countEveryRounds = 10;
const complainEveryMs = 60_000;

export class Spool {
  dropped = 0;
  #options: SpoolOptions & typeof defaults;
  #waiting = new LineBuffer(maxWaitingBytes);
  #file: FileHandle | null = null;
  #segmentBytes = 0;
  #sequence = 0;
  /** What of all workers lies on the disk, as of the last look, and what was written since. */
  #totalBytes = 0;
  #roundsSinceCount = countEveryRounds;
  #flushesSinceSeal = 0;
  #timer: NodeJS.Timeout;
  #work: Promise<void> = Promise.resolve();
  /** A flush on time is under way or waits for its turn; an early one, the same. */
  #ticks = false;
  #hurries = false;
  #complainedAtMs = -Infinity;

  constructor(options: SpoolOptions) {
    this.#options = { ...defaults, ...options };
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#timer = setInterval(() => this.#tick(), this.#options.flushEveryMs).unref();
  }

  /** One record as one line of JSON, without the line break. */
  append(line: string): void {
    if (!this.#isFull() && this.#waiting.append(line)) {
      if (this.#waiting.bytes >= writeAtBytes) this.#hurry();
      return;
    }
    this.dropped++;
    this.#complain("the spool of call records is full; records are dropped until the control plane has taken it in");
  }

  /** Writes and seals everything; nothing may be appended after it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
    await this.#flush();
    await this.#seal();
  }

  #tick(): void {
    if (this.#ticks) return;
    if (this.#waiting.lines === 0 && this.#file === null && !this.#isFull()) return;
    this.#ticks = true;
    this.#work = this.#work.then(() => this.#flushAndSeal()).finally(() => (this.#ticks = false));
  }

  #hurry(): void {
    if (this.#hurries) return;
    this.#hurries = true;
    this.#work = this.#work.then(() => this.#flushEarly());
  }

  async #flushEarly(): Promise<void> {
    while (this.#waiting.bytes >= writeAtBytes) {
      await this.#flush();
      if (this.#segmentBytes >= maxSegmentBytes) await this.#seal();
    }
    this.#hurries = false;
  }

  async #flushAndSeal(): Promise<void> {
    await this.#flush();
    if (++this.#flushesSinceSeal < 2 && this.#segmentBytes < maxSegmentBytes) return;
    this.#flushesSinceSeal = 0;
    await this.#seal();
    await this.#count();
  }

  #isFull(): boolean {
    return this.#totalBytes > this.#options.maxTotalBytes;
  }

  async #count(): Promise<void> {
    if (++this.#roundsSinceCount < countEveryRounds && !this.#isFull()) return;
    this.#roundsSinceCount = 0;
    this.#totalBytes = await spoolBytes(this.#options.directory);
  }

  async #flush(): Promise<void> {
    const { lines, bytes } = this.#waiting;
    if (lines === 0) return;
    const parts = this.#waiting.take();
    try {
      this.#file ??= await open(this.#path("open"), "a", 0o600);
      for (const part of parts) await this.#file.appendFile(part);
      this.#segmentBytes += bytes;
      this.#totalBytes += bytes;
      this.#waiting.release(parts);
    } catch (error) {
      this.dropped += lines;
      this.#complain("call records cannot be written to the spool and are lost", error);
      await this.#abandon();
    }
  }

  async #seal(): Promise<void> {
    if (this.#file === null) return;
    try {
      await this.#file.close();
      this.#file = null;
      const segment = this.#name("ndjson");
      await rename(this.#path("open"), join(this.#options.directory, segment));
      this.#next();
      this.#options.sealed(segment);
    } catch (error) {
      this.#complain("a segment of call records cannot be sealed", error);
      await this.#abandon();
    }
  }

  /** What was written stays where it is: the next start seals it. */
  async #abandon(): Promise<void> {
    await this.#file?.close().catch(() => {});
    this.#file = null;
    this.#next();
  }

  #next(): void {
    this.#sequence++;
    this.#segmentBytes = 0;
  }

  #name(ending: "open" | "ndjson"): string {
    return `${this.#options.startedAtMs}-${this.#options.worker}-${this.#sequence}.${ending}`;
  }

  #path(ending: "open" | "ndjson"): string {
    return join(this.#options.directory, this.#name(ending));
  }

  #complain(message: string, error?: unknown): void {
    const now = performance.now();
    if (now - this.#complainedAtMs < complainEveryMs) return;
    this.#complainedAtMs = now;
    this.#options.log.error({ error, dropped: this.dropped, directory: this.#options.directory }, message);
  }
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
