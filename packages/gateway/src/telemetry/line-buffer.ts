/**
 * Hot path (benchmarks: http, memory). Lines on their way to a file, as bytes outside the JavaScript heap: as strings
 * they would live just long enough to be moved to the old generation, and make it grow to several times its need.
 */
const chunkBytes = 256 * 1024;
const maxSpare = 8;

export class LineBuffer {
  bytes = 0;
  lines = 0;
  #maxBytes: number;
  #chunks: { buffer: Buffer; used: number }[] = [];
  /** For reuse; more than a busy gateway fills while what it filled before is written. */
  #spare: Buffer[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False where it does not fit. */
  append(line: string): boolean {
    // No UTF-16 unit takes more than three bytes; one for the line break.
    const atMost = line.length * 3 + 1;
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.buffer.length - chunk.used < atMost) {
      if (this.bytes + atMost > this.#maxBytes) return false;
      this.#chunks.push((chunk = { buffer: this.#newBuffer(atMost), used: 0 }));
    }
    const written = chunk.buffer.write(line, chunk.used, "utf8");
    chunk.buffer[chunk.used + written] = 10;
    chunk.used += written + 1;
    this.bytes += written + 1;
    this.lines++;
    return true;
  }

  /** What there is, leaving nothing. Give it back with `release` once it is written. */
  take(): Buffer[] {
    const parts = this.#chunks.map(({ buffer, used }) => buffer.subarray(0, used));
    this.#chunks = [];
    this.bytes = 0;
    this.lines = 0;
    return parts;
  }

  release(parts: readonly Buffer[]): void {
    for (const part of parts) {
      if (this.#spare.length < maxSpare && part.buffer.byteLength === chunkBytes) this.#spare.push(Buffer.from(part.buffer));
    }
  }

  #newBuffer(atLeastBytes: number): Buffer {
    const spare = atLeastBytes > chunkBytes ? undefined : this.#spare.pop();
    return spare ?? Buffer.allocUnsafeSlow(Math.max(chunkBytes, atLeastBytes));
  }
}
