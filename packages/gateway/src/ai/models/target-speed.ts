// Hot path: once for each attempt at a target of an alias that asks for the fastest.
/**
 * How soon a target answers: a moving average of the time to the first content of streams, and one of whole answers, since
 * the two cannot be compared. What was measured grows old, so that a target that was slow once is tried again. Workers
 * tell one another, so that what one has learned all know within a second.
 */
import type { SharedNotes } from "./shared-notes.ts";

export type AnswerKind = "stream" | "whole";

/** How much a new figure counts. */
const newShare = 0.3;
/** A failure counts as an answer that took so long. */
const failureMs = 10_000;
const oldAfterMs = 60_000;
const askedEveryMs = 1000;
const kinds = ["stream", "whole"] as const;

interface Average {
  milliseconds: number;
  at: number;
}

export interface SpeedPorts {
  now(): number;
  /** Absent where nobody else is to know. */
  shared?: { readonly notes: SharedNotes; readonly name: string } | undefined;
}

export class TargetSpeed {
  readonly #ports: SpeedPorts;
  readonly #averages: Record<AnswerKind, Average | null> = { stream: null, whole: null };
  #askedAt = -Infinity;

  constructor(ports: SpeedPorts) {
    this.#ports = ports;
  }

  measured(milliseconds: number, kind: AnswerKind): void {
    const known = this.#averages[kind];
    const average = { milliseconds: known ? known.milliseconds + newShare * (milliseconds - known.milliseconds) : milliseconds, at: this.#ports.now() };
    this.#averages[kind] = average;
    const { shared } = this.#ports;
    shared?.notes.note(noteOf(shared.name, kind), `${average.milliseconds.toFixed(3)} ${average.at}`, oldAfterMs);
  }

  failed(): void {
    this.measured(failureMs, "stream");
    this.measured(failureMs, "whole");
  }

  /** In milliseconds; 0 where nothing is known, or nothing new, so that it is found out. */
  expected(kind: AnswerKind): number {
    this.#ask();
    const known = this.#averages[kind];
    return known && this.#ports.now() - known.at < oldAfterMs ? known.milliseconds : 0;
  }

  /** Calls do not wait for what other workers know; the next ones know it. */
  #ask(): void {
    const { shared } = this.#ports;
    const nowMs = this.#ports.now();
    if (!shared || nowMs - this.#askedAt < askedEveryMs) return;
    this.#askedAt = nowMs;
    const noted = shared.notes.noted(kinds.map((kind) => noteOf(shared.name, kind)));
    if (noted instanceof Promise) void noted.then((texts) => this.#learn(texts));
    else this.#learn(noted);
  }

  #learn(texts: readonly (string | null)[]): void {
    for (const [index, kind] of kinds.entries()) {
      const [milliseconds = Number.NaN, at = Number.NaN] = (texts[index] ?? "").split(" ").map(Number);
      if (Number.isFinite(milliseconds) && at > (this.#averages[kind]?.at ?? -Infinity)) this.#averages[kind] = { milliseconds, at };
    }
  }
}

function noteOf(name: string, kind: AnswerKind): string {
  return `ai-speed:${kind}:${name}`;
}
