import { expect, it } from "vitest";
import { FrameReader, FrameWriter, maxFrameBytes } from "./wire.ts";

function framesOf(messages: readonly [message: unknown, body: Uint8Array | null][]): Buffer[] {
  const writer = new FrameWriter();
  for (const [message, body] of messages) writer.add(JSON.stringify(message), body);
  return writer.take();
}

function readIn(pieces: readonly Buffer[]): { messages: unknown[]; bodies: Buffer } {
  const messages: unknown[] = [];
  const bodies: Buffer[] = [];
  const reader = new FrameReader((some, body) => {
    messages.push(...some);
    bodies.push(Buffer.from(body));
  });
  // One buffer for all reads, as a socket's.
  const shared = Buffer.alloc(Math.max(...pieces.map(({ length }) => length)));
  for (const piece of pieces) {
    piece.copy(shared);
    reader.push(shared.subarray(0, piece.length));
    shared.fill(255);
  }
  return { messages, bodies: Buffer.concat(bodies) };
}

const body = Buffer.from([0, 10, 34, 255]);

it("gives back what was said, wherever the bytes are cut", () => {
  const bytes = Buffer.concat([...framesOf([[[1, "ü€"], body], [[2], null]]), ...framesOf([[[3], body]])]);
  for (let first = 0; first <= bytes.length; first += 1) {
    for (const second of [first, Math.min(bytes.length, first + 3), bytes.length]) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      expect(readIn(pieces)).toEqual({ messages: [[1, "ü€"], [2], [3]], bodies: Buffer.concat([body, body]) });
    }
  }
});

it("cuts what a busy turn says into frames that the other side takes", () => {
  const large = Buffer.alloc(1_000_000, 7);
  const frames = framesOf(Array.from({ length: 20 }, (_, index) => [[index], large]));
  expect(frames.every(({ length }) => length <= maxFrameBytes)).toBe(true);
  expect(readIn(frames).messages).toHaveLength(20);
});

it("refuses a frame that is longer than any may be as soon as it is told of it", () => {
  const reader = new FrameReader(() => {});
  const head = Buffer.alloc(8);
  head.writeUInt32LE(maxFrameBytes, 4);
  expect(() => reader.push(head)).toThrow(/longer/);
  expect(() => new FrameReader(() => {}).push(Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("[,")]))).toThrow(SyntaxError);
});
