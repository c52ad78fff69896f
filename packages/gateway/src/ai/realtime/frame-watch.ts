// Hot path: every byte that a provider sends over a realtime connection.
/**
 * Looks at the frames of a WebSocket (RFC 6455 §5) on their way to the client and gives the texts that may tell of usage.
 * Nothing is changed or held back; audio, which is most of it, is skipped by its length.
 */

/** Events that tell of usage are short. */
const maxTextBytes = 256 * 1024;

export class FrameWatch {
  readonly #take: (text: string) => void;
  /** Of the frame's header, until it is whole. */
  #header = Buffer.alloc(0);
  /** Bytes of the payload that are still to come; null between frames. */
  #remaining: number | null = null;
  #isWanted = false;
  /** A ping and its like may stand between the frames of one message. */
  #isControl = false;
  #isFinal = false;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;

  constructor(take: (text: string) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#remaining === null ? this.#readHeader(rest) : this.#readPayload(rest);
  }

  #readHeader(bytes: Buffer): Buffer {
    const header = this.#header.length === 0 ? bytes : Buffer.concat([this.#header, bytes]);
    const [first = 0, second = 0] = header;
    const short = second & 0x7f;
    // A server masks nothing; a frame that is masked all the same is skipped by its length.
    const length = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
    if (header.length < 2 || header.length < length) {
      this.#header = Buffer.from(header);
      return header.subarray(header.length);
    }
    this.#header = Buffer.alloc(0);
    this.#begin(first, short === 126 ? header.readUInt16BE(2) : short === 127 ? Number(header.readBigUInt64BE(2)) : short);
    if (this.#remaining === 0) this.#end();
    return header.subarray(length);
  }

  #begin(first: number, payloadBytes: number): void {
    const opcode = first & 0x0f;
    this.#remaining = payloadBytes;
    this.#isControl = opcode >= 8;
    if (this.#isControl) return;
    this.#isFinal = (first & 0x80) !== 0;
    // A frame without an opcode of its own continues the one before.
    if (opcode !== 0) {
      this.#isWanted = opcode === 1;
      this.#pieces = [];
      this.#pieceBytes = 0;
    }
    if (this.#pieceBytes + payloadBytes > maxTextBytes) this.#isWanted = false;
  }

  #readPayload(bytes: Buffer): Buffer {
    const remaining = this.#remaining ?? 0;
    const piece = bytes.subarray(0, remaining);
    if (this.#isWanted && !this.#isControl) {
      this.#pieces.push(Buffer.from(piece));
      this.#pieceBytes += piece.length;
    }
    this.#remaining = remaining - piece.length;
    if (this.#remaining === 0) this.#end();
    return bytes.subarray(piece.length);
  }

  #end(): void {
    this.#remaining = null;
    if (this.#isControl || !this.#isWanted || !this.#isFinal) return;
    this.#isWanted = false;
    this.#take(Buffer.concat(this.#pieces).toString("utf8"));
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}
