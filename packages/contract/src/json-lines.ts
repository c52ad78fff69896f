/**
 * Newline-delimited JSON as the processes of one installation speak it over Unix sockets. Bytes come in as they come;
 * `push` calls back once for every whole line. A line past the limit is an error, so a peer cannot fill the memory.
 */
export class JsonLines {
  #parts: Buffer[] = [];
  #bytes = 0;
  #maxLineBytes: number;
  #onMessage: (message: unknown) => void;

  constructor(maxLineBytes: number, onMessage: (message: unknown) => void) {
    this.#maxLineBytes = maxLineBytes;
    this.#onMessage = onMessage;
  }

  /** Throws when a line is too long or is not JSON; the connection is then of no more use. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#add(chunk.subarray(start, end));
      this.#deliver();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  #add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxLineBytes) throw new Error(`a message is longer than ${this.#maxLineBytes} bytes`);
    this.#parts.push(part);
  }

  #deliver(): void {
    const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    if (line.length > 0) this.#onMessage(JSON.parse(line.toString("utf8")));
  }
}
