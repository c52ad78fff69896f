// Hot path: every frame of a realtime connection under a budget or a guardrail.
/** Messages of a WebSocket, each whole, from its bytes, and bytes from messages (RFC 6455 §5). */

export interface Message {
  readonly opcode: number;
  readonly payload: Buffer;
}

export const textMessage = 1;
export const closeMessage = 8;
/** An answer's audio comes in pieces of some ten KiB. */
const maxMessageBytes = 16 * 1024 * 1024;

export class MessageTooLongError extends Error {
  override readonly name = "MessageTooLongError";
}

export class MessageReader {
  readonly #take: (message: Message) => void;
  /** Of a frame that is not whole; joined once it can be, or a long one in small pieces would be copied with each of them. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** So many bytes make the next frame, or tell how long it is. */
  #wantedBytes = 2;
  #opcode = 0;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(take: (message: Message) => void) {
    this.#take = take;
  }

  /** Throws a `MessageTooLongError` rather than to hold more than the bound. */
  push(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#wantedBytes) return;
    let bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
    for (;;) {
      const frame = readFrame(bytes);
      if (typeof frame === "number") {
        this.#wantedBytes = frame;
        break;
      }
      bytes = bytes.subarray(frame.end);
      this.#frame(frame);
    }
    this.#held = bytes.length === 0 ? [] : [bytes];
    this.#heldBytes = bytes.length;
  }

  /** Pings and their like may stand between the frames of one message. */
  #frame({ opcode, isFinal, payload }: Frame): void {
    if (opcode >= 8) return this.#take({ opcode, payload });
    if (opcode !== 0) {
      this.#opcode = opcode;
      this.#pieces = [];
      this.#bytes = 0;
    }
    this.#bytes += payload.length;
    if (this.#bytes > maxMessageBytes) throw new MessageTooLongError("a message is too long");
    // Pieces without a byte would be remembered without end.
    if (payload.length > 0 || isFinal) this.#pieces.push(payload);
    if (!isFinal) return;
    const whole = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#take({ opcode: this.#opcode, payload: whole });
  }
}

interface Frame {
  opcode: number;
  isFinal: boolean;
  payload: Buffer;
  end: number;
}

/** How many bytes there have to be, until all of it is there. */
function readFrame(bytes: Buffer): Frame | number {
  if (bytes.length < 2) return 2;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const isMasked = (second & 0x80) !== 0;
  const maskAt = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const start = maskAt + (isMasked ? 4 : 0);
  if (bytes.length < start) return start;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (length > maxMessageBytes) throw new MessageTooLongError("a frame is too long");
  const end = start + length;
  if (bytes.length < end) return end;
  const payload = isMasked ? masked(bytes.subarray(start, end), bytes.subarray(maskAt, start)) : bytes.subarray(start, end);
  return { opcode: first & 0x0f, isFinal: (first & 0x80) !== 0, payload, end };
}

/** `mask` is null from a server; a client's frames are masked (§5.3). */
export function writeFrame({ opcode, payload }: Message, mask: Buffer | null): Buffer {
  const wide = payload.length > 65_535 ? 8 : payload.length > 125 ? 2 : 0;
  const head = Buffer.alloc(2 + wide);
  head[0] = 0x80 | opcode;
  head[1] = (mask ? 0x80 : 0) | (wide === 0 ? payload.length : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(payload.length, 2);
  if (wide === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return mask ? Buffer.concat([head, mask, masked(payload, mask)]) : Buffer.concat([head, payload]);
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(payload.length);
  for (let index = 0; index < payload.length; index++) bytes[index] = (payload[index] as number) ^ (mask[index & 3] as number);
  return bytes;
}
