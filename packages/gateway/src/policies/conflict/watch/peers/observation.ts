/** What one worker tells another of a call that has passed, and how it travels: a JSON head, and behind it the bodies as they are. */
import type { ReadSeen, WriteSeen } from "../observer.ts";
import type { WriteAbout } from "../watcher.ts";

export type Observation =
  | { kind: "read"; service: string; stampMs: number; seen: ReadSeen }
  | { kind: "write"; service: string; stampMs: number; seen: WriteSeen; about: WriteAbout }
  | { kind: "removed"; service: string; stampMs: number; path: string }
  /** "Has the actor read a list above the resource since?" Answered in its turn, behind every read that came before the write that it is about. */
  | { kind: "question"; service: string; stampMs: number; id: number; from: number; resource: string; actor: string; since: number };

export type PeerMessage =
  | { kind: "hello"; worker: number }
  /** "How far are you?" Answered with `reached`, behind everything that was observed before. */
  | { kind: "poll"; round: number }
  | { kind: "reached"; round: number; stampMs: number }
  | { kind: "answer"; id: number; hasSeen: boolean }
  | Observation;

interface Head {
  message: unknown;
  /** Lengths of the bodies that follow; -1 for one that was not seen. */
  bodies: [body: number, answer: number];
}

const prefixBytes = 4;
/** Two bodies of the largest `maxBody` that makes sense to observe, and a head. */
const maxFrameBytes = 64 * 1024 * 1024;

export function encode(message: PeerMessage): Buffer[] {
  const body = message.kind === "read" ? message.seen.body : message.kind === "write" && message.seen.body !== null ? [message.seen.body] : null;
  const answer = message.kind === "write" ? message.seen.answer : null;
  const bare = message.kind === "read" || message.kind === "write" ? { ...message, seen: { ...message.seen, body: null, answer: null } } : message;
  const head = Buffer.from(JSON.stringify({ message: bare, bodies: [lengthOf(body), lengthOf(answer)] } satisfies Head));
  const prefix = Buffer.allocUnsafe(prefixBytes * 2);
  prefix.writeUInt32LE(head.length, 0);
  prefix.writeUInt32LE(Math.max(0, lengthOf(body)) + Math.max(0, lengthOf(answer)), prefixBytes);
  return [prefix, head, ...(body ?? []), ...(answer ?? [])];
}

function lengthOf(pieces: readonly Buffer[] | null): number {
  return pieces === null ? -1 : pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Puts messages together from a stream's chunks. Throws where a peer sends what is none. */
export class PeerMessages {
  readonly #onMessage: (message: PeerMessage) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wantedBytes = prefixBytes * 2;

  constructor(onMessage: (message: PeerMessage) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#wantedBytes) return;
    let bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
    while (bytes.length >= prefixBytes * 2) {
      this.#wantedBytes = prefixBytes * 2 + bytes.readUInt32LE(0) + bytes.readUInt32LE(prefixBytes);
      if (this.#wantedBytes > maxFrameBytes) throw new Error("a peer's message is too long");
      if (bytes.length < this.#wantedBytes) break;
      this.#onMessage(decode(bytes.subarray(0, this.#wantedBytes)));
      bytes = bytes.subarray(this.#wantedBytes);
      this.#wantedBytes = prefixBytes * 2;
    }
    this.#held = bytes.length === 0 ? [] : [bytes];
    this.#heldBytes = bytes.length;
  }
}

function decode(frame: Buffer): PeerMessage {
  const headEnd = prefixBytes * 2 + frame.readUInt32LE(0);
  const { message, bodies } = JSON.parse(frame.toString("utf8", prefixBytes * 2, headEnd)) as { message: PeerMessage; bodies: Head["bodies"] };
  if (message.kind !== "read" && message.kind !== "write") return message;
  // A copy: a slice would hold the whole chunk for as long as it waits.
  const cut = (from: number, length: number): Buffer | null => (length < 0 ? null : Buffer.from(frame.subarray(from, from + length)));
  const body = cut(headEnd, bodies[0]);
  if (message.kind === "read") return { ...message, seen: { ...message.seen, body: body === null ? null : [body] } };
  const answer = cut(headEnd + Math.max(0, bodies[0]), bodies[1]);
  return { ...message, seen: { ...message.seen, body, answer: answer === null ? null : [answer] } };
}
