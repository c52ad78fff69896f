/** A long text of lines over the transport, looked at while it comes: what was looked at is let go of. */
import type { OutgoingRequest, Sending, Transport } from "../../upstreams/transport.ts";
import { LineSplitter, LineTooLongError } from "../framing/line-splitter.ts";

export interface LineReading {
  maxLineBytes: number;
  maxBytes: number;
  withinMs: number;
  /** What it throws ends the reading. */
  take(line: string): void;
  /** Called between pieces, of which no more come before it resolves. What it rejects with ends the reading. */
  between(): Promise<void>;
  /** Takes what stops the reading when nobody waits for it any more; it may call it at once. */
  onGone(stop: () => void): void;
}

export type LinesRead = "complete" | "too-long" | "nothing" | "gone" | number;

/** `complete`, or what came instead: a status, `too-long`, `nothing`, or `gone` where it was stopped. Rejects with what `take` and `between` throw. */
export function fetchLines(transport: Transport, request: OutgoingRequest, reading: LineReading): Promise<LinesRead> {
  const { promise, resolve, reject } = Promise.withResolvers<LinesRead>();
  const lines = new LineSplitter(reading.maxLineBytes);
  let status = 0;
  let bytes = 0;
  let looked = Promise.resolve();
  const stop = (error: unknown): void => {
    if (error instanceof LineTooLongError) resolve("too-long");
    else reject(error as Error);
    sending.abort();
  };
  const sending: Sending = transport.send(request, {
    head: (value) => void (status = value),
    data: (chunk) => {
      bytes += chunk.length;
      if (bytes > reading.maxBytes) resolve("too-long");
      if (bytes > reading.maxBytes || status !== 200) {
        sending.abort();
        return true;
      }
      try {
        lines.push(chunk, (line) => reading.take(line));
      } catch (error) {
        stop(error);
        return true;
      }
      looked = looked.then(() => reading.between()).then(() => sending.resume(), stop);
      return false;
    },
    end: () => {
      if (status !== 200) return resolve(status);
      void looked.then(() => {
        reading.take(lines.rest());
        resolve("complete");
      }).catch(reject);
    },
    failure: () => resolve(status === 0 || status === 200 ? "nothing" : status),
  });
  const timer = setTimeout(() => sending.abort(), reading.withinMs);
  reading.onGone(() => {
    resolve("gone");
    sending.abort();
  });
  return promise.finally(() => clearTimeout(timer));
}
