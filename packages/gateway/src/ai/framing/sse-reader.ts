// Hot path: every event of a translated stream passes here.
/**
 * Reads an event stream (HTML standard, §9.2.6). Comments and unknown fields are skipped, several data lines are one
 * event. An event whose blank line is missing at the end of the bytes is still given: some servers leave it out.
 */
import type { Frame } from "../conversation/dialect.ts";
import type { FrameReader } from "./frame-reader.ts";
import { LineSplitter, LineTooLongError } from "./line-splitter.ts";

const byteOrderMark = "\uFEFF";

export class SseReader implements FrameReader {
  readonly #lines: LineSplitter;
  readonly #maxEventLength: number;
  readonly #takeLine: (line: string) => void;
  #frames: Frame[] = [];
  #event = "";
  #data: string | null = null;
  #first = true;

  constructor(maxEventBytes: number) {
    this.#maxEventLength = maxEventBytes;
    this.#lines = new LineSplitter(maxEventBytes);
    this.#takeLine = (line) => this.#line(line);
  }

  push(chunk: Buffer): readonly Frame[] {
    this.#frames = [];
    this.#lines.push(chunk, this.#takeLine);
    return this.#frames;
  }

  finish(): readonly Frame[] {
    this.#frames = [];
    const rest = this.#lines.rest();
    if (rest !== "") this.#line(rest);
    this.#dispatch();
    return this.#frames;
  }

  #line(text: string): void {
    let line = text;
    if (this.#first) {
      this.#first = false;
      if (line.startsWith(byteOrderMark)) line = line.slice(1);
    }
    if (line === "") return this.#dispatch();
    if (line.startsWith("data:")) return this.#addData(valueAfter(line, 5));
    if (line.startsWith("event:")) this.#event = valueAfter(line, 6);
    else if (line === "data") this.#addData("");
  }

  #addData(value: string): void {
    this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    if (this.#data.length > this.#maxEventLength) throw new LineTooLongError(`an event of the stream is longer than ${this.#maxEventLength} characters`);
  }

  #dispatch(): void {
    if (this.#data !== null) this.#frames.push({ event: this.#event, data: this.#data });
    this.#event = "";
    this.#data = null;
  }
}

function valueAfter(line: string, colonEnd: number): string {
  return line.slice(line.charCodeAt(colonEnd) === 32 ? colonEnd + 1 : colonEnd);
}
