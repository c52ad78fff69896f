// Hot path: every line of a translated stream passes here.
/** Reads newline-delimited JSON: each line that is not empty is a frame. */
import type { Frame } from "../conversation/dialect.ts";
import type { FrameReader } from "./frame-reader.ts";
import { LineSplitter } from "./line-splitter.ts";

export class NdjsonReader implements FrameReader {
  readonly #lines: LineSplitter;

  constructor(maxLineBytes: number) {
    this.#lines = new LineSplitter(maxLineBytes);
  }

  push(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = [];
    this.#lines.push(chunk, (line) => addLine(frames, line));
    return frames;
  }

  finish(): readonly Frame[] {
    const frames: Frame[] = [];
    addLine(frames, this.#lines.rest());
    return frames;
  }
}

function addLine(frames: Frame[], line: string): void {
  if (line.trim() !== "") frames.push({ event: "", data: line });
}
