import { expect, it } from "vitest";
import { digestOf, finishInput, idempotency, sendInput, writeInput } from "../../../contract-tests/ledger/harness.ts";
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../../ports/ledger.ts";
import { FrameReader, FrameWriter, maxFrameBytes, readAnswers, readRequests } from "./wire.ts";

type Request = { [Name in LedgerOperation]: [operation: Name, input: LedgerInput<Name>] }[LedgerOperation];
type Answer = { [Name in LedgerOperation]: [operation: Name, output: LedgerOutput<Name>] }[LedgerOperation];

function framesOf(requests: readonly Request[]): Buffer[] {
  const writer = new FrameWriter();
  for (const [index, [operation, input]] of requests.entries()) writer.request(index, operation, input);
  return frameIn(writer.take());
}

/** What a socket would carry, in the pieces that it was given. */
function frameIn(pieces: readonly Uint8Array[]): Buffer[] {
  return pieces.map((piece) => Buffer.from(piece));
}

/** One buffer for all reads, as a socket's, and spoilt after each. */
function readIn(pieces: readonly Buffer[], onFrame: (frame: Buffer) => void): void {
  const reader = new FrameReader(onFrame);
  const shared = Buffer.alloc(Math.max(...pieces.map(({ length }) => length)));
  for (const piece of pieces) {
    piece.copy(shared);
    reader.push(shared.subarray(0, piece.length));
    shared.fill(255);
  }
}

function requestsIn(pieces: readonly Buffer[]): unknown[] {
  const found: unknown[] = [];
  readIn(pieces, (frame) => readRequests(frame, (id, operation, input) => found.push([id, operation, input])));
  return found;
}

const resource = { service: "notes", path: "/7" };
const body = Buffer.from([0, 10, 34, 255]);
const base = { contentType: "application/json", body, retainMs: 60_000 };
const seen = { ...resource, view: "", etag: null, digest: digestOf("a"), startedAt: 1_795_000_000_000 };
const sent = { restMs: 5_000, intended: digestOf("b"), refetch: [":query", "", "Accept", "text/html"] };
const state = { revision: 4, etag: '"four"', digest: null, changedAt: 1_795_000_000_001, changedBy: "acme", fence: 7 };

const requests: readonly Request[] = [
  ["noteState", seen],
  ["noteState", { ...seen, base }],
  ["noteState", { ...seen, base: { ...base, body: Buffer.alloc(0) } }],
  ["noteState", { ...seen, base: { ...base, body: Buffer.alloc(100_000, 7) } }],
  ["noteState", { ...seen, path: "/ü€", etag: '"ö"', base }],
  ["noteState", { ...seen, path: `/${"x".repeat(70_000)}`, digest: null }],
  ["prepareWrite", writeInput()],
  ["prepareWrite", writeInput({ lockPath: "/", lockToken: "token", idempotency: idempotency() })],
  ["prepareWrite", writeInput({ lockPath: "/", lockToken: "token" })],
  ["prepareWrite", writeInput({ sendIf: { digest: digestOf("a"), ...sent } })],
  ["prepareWrite", writeInput({ sendIf: { state: "exists", ...sent, intended: null, refetch: [] } })],
  ["prepareWrite", writeInput({ sendIf: { state: "any", ...sent } })],
  ["prepareWrite", writeInput({ sendIf: { unchanged: { fence: 3, revision: 9 }, ...sent, base: { etag: null, digest: digestOf("c") } } })],
  ["prepareWrite", writeInput({ sendIf: { state: "any", ...sent, refetch: Array.from({ length: 300 }, (_, index) => String(index)) } })],
  ["sendWrite", sendInput("w1")],
  ["sendWrite", sendInput("w1", { base: { etag: '"one"', digest: digestOf("a") }, intended: digestOf("b"), refetch: ["Accept", "text/html"], fsync: true })],
  ["finishWrite", finishInput("w1")],
  ["finishWrite", finishInput("w1", { outcome: "not-applied", etag: '"one"', digest: digestOf("a"), exists: true, fsync: true })],
  ["finishWrite", finishInput("w1", { outcome: "unknown", exists: false })],
  ["finishWrite", finishInput("w1", { response: { status: 201, rawHeaders: ["Location", "/8"], body: null } })],
  ["size", { service: null }],
];

const answers: readonly Answer[] = [
  ["noteState", { revision: 4, fence: 7, bypass: true, conclusive: false }],
  ["noteState", { revision: 0, fence: 0, bypass: false, conclusive: true }],
  ["prepareWrite", { kind: "granted", write: "w1", fence: 1, state: null, waitedMs: 0 }],
  ["prepareWrite", { kind: "granted", write: "w1", fence: 8, state, waitedMs: 12, sent: true }],
  ["prepareWrite", { kind: "granted", write: "w1", fence: 8, state: { ...state, changedBy: "Jürgen" }, waitedMs: 12 }],
  ["prepareWrite", { kind: "busy", reason: "queue", retryAfterMs: 100, holder: { consumer: "acme", callId: "c" } }],
  ["sendWrite", { kind: "sent" }],
  ["sendWrite", { kind: "superseded" }],
  ["finishWrite", { kind: "done", revision: 5 }],
  ["finishWrite", { kind: "done", revision: null }],
  ["finishWrite", { kind: "superseded" }],
  ["readResource", null],
];

it.each(requests)("brings a request over as it is: %s", (operation, input) => {
  expect(requestsIn(framesOf([[operation, input] as Request]))).toStrictEqual([[0, operation, operation === "noteState" ? withPlainBody(input) : input]]);
});

/** A body comes as bytes of its own, of whatever class. */
function withPlainBody(input: LedgerInput<"noteState">): unknown {
  return input.base?.body.length === 0 ? { ...input, base: { ...input.base, body: new Uint8Array(0) } } : input;
}

it.each(answers)("brings an answer over as it is: %s", (operation, output) => {
  const writer = new FrameWriter();
  writer.answer(2 ** 40, operation, output);
  writer.failure(3, { reason: "ü", isUnavailable: true });
  const found: unknown[] = [];
  readIn(frameIn(writer.take()), (frame) => readAnswers(frame, (...answer) => found.push(answer)));
  expect(found).toStrictEqual([[2 ** 40, output, null], [3, null, { reason: "ü", isUnavailable: true }]]);
});

it("gives back what was said, wherever the bytes are cut", () => {
  const said: readonly Request[] = [["noteState", { ...seen, base }], ["finishWrite", finishInput("w1")], ["size", { service: "ü" }]];
  const bytes = Buffer.concat([...framesOf(said), ...framesOf(said)]);
  const whole = requestsIn([bytes]);
  expect(whole).toHaveLength(6);
  for (let first = 0; first <= bytes.length; first += 1) {
    for (const second of [first, Math.min(bytes.length, first + 3), bytes.length]) {
      expect(requestsIn([bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)])).toEqual(whole);
    }
  }
});

it("leaves what was taken alone while the next is collected", () => {
  const writer = new FrameWriter();
  writer.request(1, "finishWrite", finishInput("first"));
  const [taken] = writer.take();
  const before = Buffer.from(taken as Uint8Array);
  writer.request(2, "finishWrite", finishInput("other"));
  expect(taken).toEqual(before);
});

it("cuts what a busy turn says into frames that the other side takes", () => {
  const large = { ...seen, base: { ...base, body: Buffer.alloc(1_000_000, 7) } };
  const said = Array.from({ length: 20 }, (): Request[] => [["noteState", large], ["finishWrite", finishInput("w1")], ["noteState", { ...seen, base }]]).flat();
  const read: [id: number, operation: string, input: unknown][] = [];
  let longest = 0;
  readIn(framesOf(said), (frame) => {
    longest = Math.max(longest, frame.length);
    readRequests(frame, (...request) => read.push(request));
  });
  expect(read).toEqual(said.map(([operation, input], index) => [index, operation, input]));
  expect(longest).toBeLessThan(maxFrameBytes);
});

it("refuses a frame that is longer than any may be as soon as it is told of it", () => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(maxFrameBytes, 0);
  expect(() => new FrameReader(() => {}).push(head)).toThrow(/longer/);
});

it("refuses a frame that is none", () => {
  const [frame] = framesOf([["finishWrite", finishInput("w1")]]);
  const message = Buffer.from(frame as Buffer).subarray(4);
  for (let length = 1; length < message.length; length += 1) expect(() => readRequests(message.subarray(0, length), () => {})).toThrow(/./);
  const unknown = Buffer.from(message);
  unknown[0] = 99;
  expect(() => readRequests(unknown, () => {})).toThrow(/kind/);
});
