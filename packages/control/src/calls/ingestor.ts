/**
 * Moves call records from the spool into the call log. Many at a time cost a fraction of a few at a time, so sealed
 * segments wait until they are many, until the first has waited for a while, or until somebody asks about calls:
 * whoever asks finds what ended a second ago. A segment's file goes only when its records are in.
 */
import { unlink } from "node:fs/promises";
import { LossCount } from "@parley/contract/loss-count";
import { CallLogUnavailableError, type CallLog, type IngestOutcome } from "@parley/stores/ports/call-log";
import { batchesOf, sealedSegments, setSegmentAside, type SealedSegment } from "./sealed-segments.ts";

export interface IngestorPorts {
  spool: string;
  callLog: CallLog;
  monotonicMs: () => number;
  onSkipped: (segment: string, lines: number) => void;
  /** It was set aside, whatever calls it had. */
  onDamaged: (segment: string, why: string) => void;
  onError: (segment: string, error: unknown) => void;
}

const lookEveryMs = 1_000;
/** Nobody told of it, perhaps: the folder is looked at this often whatever was said. */
const lookUntoldEveryMs = 10_000;
const waitAtMostMs = 15_000;
/** About a hundred thousand calls. */
const enoughBytes = 16 * 1024 * 1024;
const freshForMs = 400;
/** A question waits this long for a spool that is full, and is then answered without the rest. */
const freshenWithinMs = 1_500;
/** A segment that is refused this often while others are taken is set aside; when all are refused the log is at fault. */
const maxFailures = 5;

interface Failing {
  failures: number;
  takenBefore: number;
}

export class Ingestor {
  readonly #ports: IngestorPorts;
  readonly #failing = new Map<string, Failing>();
  /** Segments that the call log could not take since the start. */
  readonly setAside = new LossCount();
  /** Lines of segments that were no call records. */
  readonly linesSkipped = new LossCount();
  #taken = 0;
  #running: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #toldAtMs: number | null = null;
  #lookedAtMs = -Infinity;
  #ranAtMs = -Infinity;

  constructor(ports: IngestorPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#runIfDue(), lookEveryMs);
    void this.run();
  }

  /** A segment was sealed: it is taken in within `waitAtMostMs`. */
  told(): void {
    this.#toldAtMs ??= this.#ports.monotonicMs();
  }

  /** Takes in everything that is sealed now; asking while it runs makes it look once more. */
  run(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#work();
    return this.#running;
  }

  /** As `run`, for whoever is about to ask; not again for what came within the last moment. Never rejects. */
  async freshen(): Promise<void> {
    if (this.#ports.monotonicMs() - this.#ranAtMs < freshForMs && this.#running === null) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, freshenWithinMs)));
    await Promise.race([this.#running ?? this.run(), enough]).catch(() => undefined);
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.run();
  }

  /** Bytes on their way to the log. */
  async spoolBytes(): Promise<number> {
    return bytesOf(await sealedSegments(this.#ports.spool));
  }

  async #runIfDue(): Promise<void> {
    const now = this.#ports.monotonicMs();
    if (this.#toldAtMs === null ? now - this.#lookedAtMs < lookUntoldEveryMs : now - this.#toldAtMs < waitAtMostMs && !(await this.#hasEnough())) return;
    await this.run();
  }

  async #hasEnough(): Promise<boolean> {
    return bytesOf(await sealedSegments(this.#ports.spool)) >= enoughBytes;
  }

  async #work(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        this.#toldAtMs = null;
        this.#lookedAtMs = this.#ports.monotonicMs();
        for (const batch of batchesOf(await sealedSegments(this.#ports.spool))) if (!(await this.#takeIn(batch))) return;
      }
    } finally {
      this.#ranAtMs = this.#ports.monotonicMs();
      this.#running = null;
    }
  }

  /** False when the log is away: the segments wait. */
  async #takeIn(segments: readonly SealedSegment[]): Promise<boolean> {
    try {
      const outcome = await this.#ports.callLog.ingest(segments);
      for (const segment of segments) await this.#done(segment, outcome);
      return true;
    } catch (error) {
      if (error instanceof CallLogUnavailableError && error.cause === undefined) return false;
      return this.#failed(segments, error);
    }
  }

  async #done({ name, path }: SealedSegment, { skipped, damaged }: IngestOutcome): Promise<void> {
    this.#failing.delete(name);
    if (damaged[name] !== undefined) return this.#setAside(name, damaged[name]);
    if (skipped[name]) {
      this.linesSkipped.add(skipped[name]);
      this.#ports.onSkipped(name, skipped[name]);
    }
    await unlink(path);
    this.#taken++;
  }

  /** One of many spoils it for all, so that each has to stand for itself. */
  async #failed(segments: readonly SealedSegment[], error: unknown): Promise<boolean> {
    if (segments.length > 1) {
      for (const segment of segments) if (!(await this.#takeIn([segment]))) return false;
      return true;
    }
    for (const { name } of segments) await this.#noteFailure(name, error);
    return true;
  }

  async #noteFailure(name: string, error: unknown): Promise<void> {
    const before = this.#failing.get(name) ?? { failures: 0, takenBefore: this.#taken };
    const failing = { ...before, failures: before.failures + 1 };
    this.#failing.set(name, failing);
    this.#ports.onError(name, error);
    if (failing.failures < maxFailures || this.#taken === failing.takenBefore) return;
    this.#failing.delete(name);
    await this.#setAside(name, error instanceof Error ? error.message : String(error));
  }

  async #setAside(name: string, why: string): Promise<void> {
    this.setAside.add();
    this.#ports.onDamaged(name, why);
    await setSegmentAside(this.#ports.spool, name);
  }
}

function bytesOf(segments: readonly SealedSegment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}
