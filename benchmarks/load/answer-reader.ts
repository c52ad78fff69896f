/**
 * Reads HTTP/1.1 answers off a keep-alive connection with as little work as a load generator can do: it trusts the
 * framing of whoever answers, but hands over every byte of the body so that it can be checked.
 */
export interface AnswerEvents {
  head(status: number): void;
  /** The piece is only good until this returns. */
  body(piece: Buffer): void;
  /** `reusable` is false when the connection ends after this answer. */
  end(reusable: boolean): void;
}

const blankLine = Buffer.from("\r\n\r\n");

export class AnswerReader {
  readonly #events: AnswerEvents;
  #state: "head" | "sized" | "chunk-size" | "chunk" | "trailers" = "head";
  #remaining = 0;
  #reusable = true;
  #pending: Buffer | null = null;

  constructor(events: AnswerEvents) {
    this.#events = events;
  }

  feed(chunk: Buffer): void {
    let rest: Buffer | null = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk;
    this.#pending = null;
    while (rest !== null && rest.length > 0) {
      const next: Buffer | null = this.#step(rest);
      if (next === null) this.#pending = Buffer.from(rest);
      rest = next;
    }
  }

  /** What is left after one step; null when more has to arrive first. */
  #step(bytes: Buffer): Buffer | null {
    switch (this.#state) {
      case "head":
        return this.#head(bytes);
      case "chunk-size":
        return this.#chunkSize(bytes);
      case "trailers":
        return this.#line(bytes, (line) => line === "" && this.#finish());
      case "sized":
      case "chunk":
        return this.#body(bytes);
    }
  }

  #head(bytes: Buffer): Buffer | null {
    const end = bytes.indexOf(blankLine);
    if (end < 0) return null;
    const head = bytes.toString("latin1", 0, end).toLowerCase();
    const status = Number(head.slice(9, 12));
    this.#reusable = !head.includes("\r\nconnection: close");
    if (status >= 200) this.#events.head(status);
    this.#frame(status, head);
    return bytes.subarray(end + 4);
  }

  #frame(status: number, head: string): void {
    if (status < 200) return;
    if (head.includes("\r\ntransfer-encoding: chunked")) {
      this.#state = "chunk-size";
      return;
    }
    const at = head.indexOf("\r\ncontent-length:");
    this.#remaining = at < 0 || status === 204 || status === 304 ? 0 : Number.parseInt(head.slice(at + 17), 10);
    if (this.#remaining === 0) this.#finish();
    else this.#state = "sized";
  }

  #body(bytes: Buffer): Buffer {
    const taken = Math.min(this.#remaining, bytes.length);
    this.#remaining -= taken;
    this.#events.body(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    if (this.#remaining === 0) {
      if (this.#state === "sized") this.#finish();
      else this.#state = "chunk-size";
    }
    return bytes.subarray(taken);
  }

  #chunkSize(bytes: Buffer): Buffer | null {
    return this.#line(bytes, (line) => {
      // The line break after a chunk's data.
      if (line === "") return;
      this.#remaining = Number.parseInt(line, 16);
      this.#state = this.#remaining === 0 ? "trailers" : "chunk";
    });
  }

  #line(bytes: Buffer, take: (line: string) => void): Buffer | null {
    const end = bytes.indexOf("\r\n");
    if (end < 0) return null;
    take(bytes.toString("latin1", 0, end));
    return bytes.subarray(end + 2);
  }

  #finish(): void {
    this.#state = "head";
    this.#events.end(this.#reusable);
  }
}
