/** A request body that is there in pieces, which are sent one after the other: a large one is not copied for a change of a few bytes. */
import { Readable } from "node:stream";

export type WholeBody = Buffer | readonly Buffer[];

/** What is handed to a socket at a time: over TLS as much again is held as was handed over and not yet taken. */
const writtenBytes = 256 * 1024;

export function isWhole(body: WholeBody | Readable | null): body is WholeBody {
  return Buffer.isBuffer(body) || Array.isArray(body);
}

export function lengthOf(body: WholeBody): number {
  return Buffer.isBuffer(body) ? body.length : body.reduce((sum, piece) => sum + piece.length, 0);
}

/** In one piece, for whoever has to look through it. */
export function joined(body: WholeBody): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.concat(body);
}

/** At the pace of whoever reads. Nothing is copied. */
export function pacedPieces(pieces: readonly Buffer[]): Readable {
  return Readable.from(slices(pieces), { highWaterMark: 1 });
}

function* slices(pieces: readonly Buffer[]): Generator<Buffer> {
  for (const piece of pieces) for (let at = 0; at < piece.length; at += writtenBytes) yield piece.subarray(at, at + writtenBytes);
}
