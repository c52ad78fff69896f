/** Says whether the body of an answer is the expected one, piece by piece and without keeping large ones. */
import type { Target } from "./job.ts";

/** Enough for an answer that is only searched for a marker. */
const maxKeptBytes = 256 * 1024;

export interface BodyCheck {
  reset(): void;
  piece(bytes: Buffer): void;
  /** What is wrong, or null. */
  verdict(): string | null;
}

export function bodyCheck(expect: Target["expect"]): BodyCheck {
  return "exactly" in expect ? exactCheck(Buffer.from(expect.exactly)) : markerCheck(expect.containing);
}

function exactCheck(expected: Buffer): BodyCheck {
  let offset = 0;
  let differs = false;
  return {
    reset() {
      offset = 0;
      differs = false;
    },
    piece(bytes) {
      const end = offset + bytes.length;
      differs ||= end > expected.length || expected.compare(bytes, 0, bytes.length, offset, end) !== 0;
      offset = end;
    },
    verdict: () => (differs || offset !== expected.length ? `the body differs from the expected ${expected.length} bytes (${offset} came)` : null),
  };
}

function markerCheck(marker: string): BodyCheck {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    reset() {
      pieces = [];
      length = 0;
    },
    piece(bytes) {
      length += bytes.length;
      // Copied: the bytes belong to the socket's buffer.
      if (length <= maxKeptBytes) pieces.push(Buffer.from(bytes));
    },
    verdict() {
      const body = Buffer.concat(pieces);
      return body.includes(marker) ? null : `"${marker}" is not in the body: ${body.toString("latin1", 0, 200)}`;
    },
  };
}
