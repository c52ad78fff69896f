/**
 * The marks by which a chunk is followed through a gateway: the scripted upstream writes `#<number> t=<time>|` into
 * the text of each chunk, and translation into another wire format keeps text as it is. Times are microseconds of the
 * machine's monotonic clock, which all processes share.
 */
export function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

export function chunkMark(number: number): string {
  return `#${number} t=${monotonicMicroseconds()}|`;
}

const mark = /#(\d+) t=(\d+)\|/g;

export class MarkReader {
  #rest = "";
  /** How many marks came, each the next in order. */
  seen = 0;
  inOrder = true;

  /** `onMark` gets the time at which the chunk was written. */
  feed(piece: Buffer, onMark: (writtenAt: number) => void): void {
    const text = this.#rest + piece.toString("latin1");
    let end = 0;
    for (const match of text.matchAll(mark)) {
      this.inOrder &&= Number(match[1]) === this.seen;
      this.seen++;
      end = match.index + match[0].length;
      onMark(Number(match[2]));
    }
    // A mark is shorter than 64 characters, so nothing longer can still become one.
    this.#rest = text.slice(Math.max(end, text.length - 64));
  }
}
