/** Runs streams, a fixed number at a time, and checks that every chunk arrives once and in order. */
import type { BodyCheck } from "./body-check.ts";
import { MarkReader, monotonicMicroseconds } from "./chunk-marks.ts";
import { Connection } from "./connection.ts";
import type { LoadJob, LoadResult } from "./job.ts";
import { Tally } from "./tally.ts";

type StreamsJob = Extract<LoadJob, { kind: "streams" }>;

export async function runStreams(job: StreamsJob): Promise<LoadResult> {
  const tally = new Tally();
  let started = 0;

  async function one(): Promise<void> {
    const check = new StreamCheck(job.chunksPerStream, tally);
    const connection = new Connection(job.target.port, check);
    while (started < job.streams && !tally.hopeless) {
      const request = job.target.requests[started++ % job.target.requests.length]!;
      tally.count(await new Promise<string | null>((resolve) => connection.call(request, resolve)));
    }
    connection.close();
  }

  // Started a few milliseconds apart, so that the streams' chunks do not all fall due together.
  await Promise.all(Array.from({ length: job.concurrent }, (_, index) => afterMs(index * 2).then(one)));
  return tally.result();
}

function afterMs(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

class StreamCheck implements BodyCheck {
  readonly #chunks: number;
  readonly #tally: Tally;
  #marks = new MarkReader();
  #sentAt = 0;

  constructor(chunks: number, tally: Tally) {
    this.#chunks = chunks;
    this.#tally = tally;
  }

  reset(): void {
    this.#marks = new MarkReader();
    this.#sentAt = monotonicMicroseconds();
  }

  piece(bytes: Buffer): void {
    const now = monotonicMicroseconds();
    const first = this.#marks.seen === 0;
    this.#marks.feed(bytes, (writtenAt) => this.#tally.chunkDelaysMs.push((now - writtenAt) / 1000));
    if (first && this.#marks.seen > 0) this.#tally.latenciesMs.push((now - this.#sentAt) / 1000);
  }

  verdict(): string | null {
    if (this.#marks.seen === this.#chunks && this.#marks.inOrder) return null;
    return `${this.#marks.seen} of ${this.#chunks} chunks came${this.#marks.inOrder ? "" : ", out of order"}`;
  }
}
