// Hot path: every chunk of a stream that is passed through and decoded on its way.
/** The units of a stream's framing with the bytes that each came as, so that one can be read and sent on untouched. */
import type { Frame } from "../../conversation/dialect.ts";
import { AwsEventStreamReader } from "../../framing/aws-event-stream-reader.ts";
import { BrokenFramingError } from "../../framing/frame-reader.ts";
import { eventData, splitEvents, WholeEvents } from "../../framing/whole-events.ts";

export interface Piece {
  readonly bytes: Buffer;
  /** Null where it says nothing, as a comment does. */
  readonly frame: Frame | null;
}

export interface PieceReader {
  /** The pieces that are complete now. Throws `BrokenFramingError` where one is longer than the bound, or garbage. */
  push(chunk: Buffer): readonly Piece[];
  /** The bytes are over: what can still be read of the rest. */
  finish(): readonly Piece[];
}

/** An image in an event is the longest thing that comes. */
const maxPieceBytes = 32 * 1024 * 1024;
const empty = Buffer.alloc(0);
const lineFeed = 0x0a;

export class EventPieces implements PieceReader {
  readonly #events = new WholeEvents();

  push(chunk: Buffer): readonly Piece[] {
    const whole = this.#events.push(chunk);
    expectHeld(this.#events.heldBytes);
    return whole.length === 0 ? [] : splitEvents(whole).map(eventPiece);
  }

  finish(): readonly Piece[] {
    const rest = this.#events.rest();
    return rest.length === 0 ? [] : splitEvents(rest).map(eventPiece);
  }
}

export class LinePieces implements PieceReader {
  #held: Buffer = empty;

  push(chunk: Buffer): readonly Piece[] {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const pieces: Piece[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      pieces.push(linePiece(bytes.subarray(start, end + 1)));
      start = end + 1;
    }
    this.#held = start === bytes.length ? empty : bytes.subarray(start);
    expectHeld(this.#held.length);
    return pieces;
  }

  finish(): readonly Piece[] {
    const rest = this.#held;
    this.#held = empty;
    return rest.length === 0 ? [] : [linePiece(rest)];
  }
}

export class AwsPieces implements PieceReader {
  readonly #reader = new AwsEventStreamReader(maxPieceBytes);

  push(chunk: Buffer): readonly Piece[] {
    return this.#reader.push(chunk).map((frame) => ({ bytes: frame.bytes, frame }));
  }

  /** What is left is a message that was cut. */
  finish(): readonly Piece[] {
    this.#reader.finish();
    return [];
  }
}

function eventPiece(bytes: Buffer): Piece {
  const data = eventData(bytes);
  return { bytes, frame: data === null ? null : { event: "", data } };
}

function linePiece(bytes: Buffer): Piece {
  const data = bytes.toString("utf8").trim();
  return { bytes, frame: data === "" ? null : { event: "", data } };
}

function expectHeld(bytes: number): void {
  if (bytes > maxPieceBytes) throw new BrokenFramingError("an event of the provider's stream is too long");
}
