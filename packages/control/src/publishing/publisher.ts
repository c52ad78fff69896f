/**
 * Publishes snapshots: finds what really changed, numbers the version, tells every gateway, and keeps the file on disk.
 * Recent deltas are kept, so that a gateway which was away for a moment gets what it lacks and no more.
 */
import type { SnapshotEntry } from "./compile.ts";
import { deltaLines, lengthOf, savedLines, wholeLines } from "./snapshot-lines.ts";
import { SnapshotTexts, type TextChange } from "./snapshot-texts.ts";
import { snapshotWriter, type SavedSnapshot, type SnapshotWriter } from "./snapshot-file.ts";

export interface PublisherPorts {
  /** The snapshot on disk, if there is one. */
  before: SavedSnapshot | null;
  file: string;
  nextVersion: (above: number) => Promise<number>;
  /** For every gateway that has `base` in force; the lines are made when they are first asked for. */
  broadcast: (delta: { base: number; version: number; lines: () => readonly string[] }) => void;
  onFileError: (error: unknown) => void;
  /** What gateways get in the place of what is configured. */
  amend?: (entry: SnapshotEntry) => SnapshotEntry;
  /** Waits for what gateways find beside the snapshot. */
  prepared?: () => Promise<void>;
  now: () => number;
}

interface RecentDelta {
  base: number;
  version: number;
  length: number;
  lines: () => readonly string[];
}

/** Until the first flush, which ends a start: what gateways wait for is made before what the disk gets. */
const startMs = 6_000;
const maxRecentDeltas = 256;
const maxRecentBytes = 4 * 1024 * 1024;

export class Publisher {
  #texts: SnapshotTexts;
  #version: number;
  #publishedAt: number;
  #ports: PublisherPorts;
  #writer: SnapshotWriter;
  #recent: RecentDelta[] = [];
  #recentBytes = 0;
  #isStarting = true;
  /** Publications follow each other: the version and the texts belong together. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: PublisherPorts) {
    const before = ports.before ?? { version: 0, publishedAt: 0, texts: new SnapshotTexts() };
    this.#ports = ports;
    this.#texts = before.texts;
    this.#version = before.version;
    this.#publishedAt = before.publishedAt;
    this.#writer = snapshotWriter(ports.file, () => savedLines(this.#texts, { version: this.#version, publishedAt: this.#publishedAt }), ports.onFileError);
  }

  get version(): number {
    return this.#version;
  }

  /** The published value of one entity, as JSON text. */
  text(...place: Parameters<SnapshotTexts["get"]>): string | undefined {
    return this.#texts.get(...place);
  }

  /** Publishes these entries beside all others; a null value removes one. */
  publish(entries: Iterable<SnapshotEntry>): Promise<void> {
    return this.#inTurn(() => this.#texts.changesFrom(this.#amended(entries)));
  }

  /** Publishes these entries and nothing else. */
  publishAll(entries: Iterable<SnapshotEntry>, options: { always: boolean } = { always: false }): Promise<void> {
    return this.#inTurn(() => this.#texts.changesTo(this.#amended(entries)), options.always);
  }

  #amended(entries: Iterable<SnapshotEntry>): Iterable<SnapshotEntry> {
    const { amend } = this.#ports;
    return amend === undefined ? entries : Array.from(entries, amend);
  }

  /** What brings a gateway from `have` to now, as lines for the channel: nothing, deltas, or the whole. */
  linesSince(have: number): Iterable<string> {
    if (have === this.#version) return [];
    if (have === 0) return this.wholeLines();
    const first = this.#recent.findIndex((delta) => delta.base === have);
    if (first !== -1) return this.#recent.slice(first).flatMap((delta) => delta.lines());
    return this.wholeLines();
  }

  wholeLines(): Iterable<string> {
    return wholeLines(this.#texts, { version: this.#version, publishedAt: this.#publishedAt });
  }

  flush(): Promise<void> {
    this.#isStarting = false;
    return this.#last.then(() => this.#writer.flush());
  }

  #inTurn(find: () => TextChange[], always = false): Promise<void> {
    const turn = this.#last.then(() => this.#apply(find(), always));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #apply(changes: TextChange[], always: boolean): Promise<void> {
    await this.#ports.prepared?.();
    if (changes.length === 0 && !always) return;
    const base = this.#version;
    const version = await this.#ports.nextVersion(base);
    this.#texts.apply(changes);
    this.#version = version;
    this.#publishedAt = this.#ports.now();
    const publishedAt = this.#publishedAt;
    const lines = madeOnce(() => deltaLines({ base, version, publishedAt, changes }));
    this.#remember({ base, version, length: lengthOf(changes), lines });
    this.#ports.broadcast({ base, version, lines });
    this.#writer.soon(this.#isStarting ? startMs : undefined);
  }

  #remember(delta: RecentDelta): void {
    this.#recent.push(delta);
    this.#recentBytes += delta.length;
    while (this.#recent.length > maxRecentDeltas || this.#recentBytes > maxRecentBytes) {
      this.#recentBytes -= this.#recent.shift()?.length ?? 0;
    }
  }
}

/** Where no gateway is there to hear it, as at a start, nobody makes megabytes of lines. */
function madeOnce(make: () => readonly string[]): () => readonly string[] {
  let made: readonly string[] | null = null;
  return () => (made ??= make());
}
