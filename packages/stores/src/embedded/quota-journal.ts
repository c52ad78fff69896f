/**
 * What has been used of calendar limits, kept over restarts: an append-only file (0600) of JSON lines `[key, ends, used]`,
 * of which the last of a key holds. Everything that was taken in one turn of the event loop is one write at its end, so
 * that a killed process loses at most the turn that it died in; a machine that loses power may lose what the system had
 * not written yet. Only one process at a time has it open: the one whose counters they are.
 */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Meter } from "./bounded-meters.ts";

/** Beyond so many lines, and twice what is alive, the file is written anew. */
const leastLines = 20_000;

export interface QuotaJournalOptions {
  path: string;
  /** What could not be kept: limits go on in memory. */
  warn(message: string): void;
}

export class QuotaJournal {
  readonly #options: QuotaJournalOptions;
  readonly #changed = new Map<string, Meter>();
  #descriptor: number | null = null;
  #lines = 0;
  #scheduled = false;
  #failed = false;

  constructor(options: QuotaJournalOptions) {
    this.#options = options;
  }

  /** Meters that still count at `now`; what a crash left half written is skipped. Called once, before anything else. */
  open(now: number): Map<string, Meter> {
    const live = new Map<string, Meter>();
    this.#guarded(() => {
      mkdirSync(dirname(this.#options.path), { recursive: true, mode: 0o700 });
      for (const line of readLines(this.#options.path)) {
        const entry = parseLine(line);
        if (!entry) continue;
        if (entry.meter.idleAt > now) live.set(entry.key, entry.meter);
        else live.delete(entry.key);
      }
      this.#rewrite(live);
    });
    return live;
  }

  /** `live` is asked for when the file has to be written anew. */
  changed(key: string, meter: Meter, live: () => Iterable<[string, Meter]>): void {
    this.#changed.set(key, meter);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush(live));
  }

  close(): void {
    this.#append();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #flush(live: () => Iterable<[string, Meter]>): void {
    this.#scheduled = false;
    this.#append();
    if (this.#lines <= leastLines) return;
    this.#guarded(() => {
      const all = new Map(live());
      if (this.#lines > 2 * all.size) this.#rewrite(all);
    });
  }

  #append(): void {
    const { size } = this.#changed;
    if (size === 0 || this.#descriptor === null) return;
    let text = "";
    for (const [key, meter] of this.#changed) text += lineOf(key, meter);
    this.#changed.clear();
    this.#lines += size;
    this.#guarded(() => writeSync(this.#descriptor as number, text));
  }

  /** Whole and under another name first, so that there is always one that can be read. */
  #rewrite(meters: ReadonlyMap<string, Meter>): void {
    const { path } = this.#options;
    let text = "";
    for (const [key, meter] of meters) text += lineOf(key, meter);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = openSync(path, "a", 0o600);
    this.#lines = meters.size;
  }

  #guarded(write: () => void): void {
    try {
      write();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#options.warn(`limits by day and month cannot be kept over a restart: ${(error as Error).message}`);
      this.#failed = true;
    }
  }
}

function lineOf(key: string, { idleAt, used }: Meter): string {
  return `${JSON.stringify([key, idleAt, used])}\n`;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function parseLine(line: string): { key: string; meter: Meter } | null {
  try {
    const [key, idleAt, used] = JSON.parse(line) as unknown[];
    if (typeof key !== "string" || typeof idleAt !== "number" || typeof used !== "number") return null;
    return { key, meter: { idleAt, used } };
  } catch {
    return null;
  }
}
