// Hot path: every message of a stream from Bedrock passes here.
/**
 * Reads AWS's event stream: messages of `total length, header length, CRC of both, headers, payload, CRC of all`, each number
 * big-endian. Both checksums are checked: a message that was altered or cut is an error, and never part of an answer.
 */
import { crc32 } from "node:zlib";
import type { Frame } from "../conversation/dialect.ts";
import type { FrameReader } from "./frame-reader.ts";
import { BrokenFramingError } from "./frame-reader.ts";

/** With the bytes of the message, which may go on as they came. */
export interface AwsFrame extends Frame {
  readonly bytes: Buffer;
}

/** What stands before its type in the event of an exception's frame. */
export const exceptionMark = "exception:";

const preludeBytes = 12;
const leastMessageBytes = 16;
/** Header values by type: true, false, byte, short, integer, long, bytes, text, time, uuid; null where a length comes first. */
const valueBytes: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16];
const textType = 7;
const empty = Buffer.alloc(0);

export class AwsEventStreamReader implements FrameReader {
  readonly #maxMessageBytes: number;
  /** Pieces of the message that is not complete yet; joined once, when it is. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** How many bytes have to be there before there is anything to do. */
  #wanted = preludeBytes;
  /** To be thrown next time. */
  #broken: BrokenFramingError | null = null;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  push(chunk: Buffer): readonly AwsFrame[] {
    if (this.#broken) throw this.#broken;
    const frames: AwsFrame[] = [];
    try {
      this.#read(chunk, frames);
    } catch (error) {
      if (!(error instanceof BrokenFramingError) || frames.length === 0) throw error;
      // What was whole before it is given first.
      this.#broken = error;
    }
    return frames;
  }

  #read(chunk: Buffer, frames: AwsFrame[]): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#wanted) return;
    let bytes = this.#pending.length === 1 ? chunk : Buffer.concat(this.#pending);
    this.#wanted = preludeBytes;
    while (bytes.length >= preludeBytes) {
      const length = this.#messageLength(bytes);
      if (bytes.length < length) {
        this.#wanted = length;
        break;
      }
      frames.push(readMessage(bytes.subarray(0, length)));
      bytes = bytes.subarray(length);
    }
    this.#pending = bytes.length === 0 ? [] : [bytes];
    this.#pendingBytes = bytes.length;
  }

  /** A rest is a message that was cut: it is not given, so that the answer has no end. */
  finish(): readonly Frame[] {
    if (this.#broken) throw this.#broken;
    this.#pending = [];
    return [];
  }

  #messageLength(bytes: Buffer): number {
    if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) throw new BrokenFramingError("the checksum of a message's beginning is wrong");
    const length = bytes.readUInt32BE(0);
    if (length < leastMessageBytes || bytes.readUInt32BE(4) > length - leastMessageBytes) throw new BrokenFramingError("the lengths of a message contradict each other");
    if (length > this.#maxMessageBytes) throw new BrokenFramingError(`a message of the stream is longer than ${this.#maxMessageBytes} bytes`);
    return length;
  }
}

function readMessage(message: Buffer): AwsFrame {
  const end = message.length - 4;
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw new BrokenFramingError("the checksum of a message is wrong");
  const headersEnd = preludeBytes + message.readUInt32BE(4);
  const headers = readHeaders(message.subarray(preludeBytes, headersEnd));
  const data = message.toString("utf8", headersEnd, end);
  if (headers.messageType === "exception") return { event: `${exceptionMark}${headers.exceptionType}`, data, bytes: message };
  if (headers.messageType === "error") return { event: `${exceptionMark}${headers.errorCode}`, data: data === "" ? JSON.stringify({ message: headers.errorMessage }) : data, bytes: message };
  return { event: headers.eventType, data, bytes: message };
}

interface Headers {
  messageType: string;
  eventType: string;
  exceptionType: string;
  errorCode: string;
  errorMessage: string;
}

const known: Readonly<Record<string, keyof Headers>> = {
  ":message-type": "messageType", ":event-type": "eventType", ":exception-type": "exceptionType", ":error-code": "errorCode", ":error-message": "errorMessage",
};

function readHeaders(bytes: Buffer): Headers {
  const headers: Headers = { messageType: "event", eventType: "", exceptionType: "", errorCode: "", errorMessage: "" };
  let position = 0;
  while (position < bytes.length) {
    const nameEnd = position + 1 + (bytes[position] ?? 0);
    const type = bytes[nameEnd] ?? 255;
    const fixed = valueBytes[type];
    if (fixed === undefined || nameEnd + 1 > bytes.length) throw new BrokenFramingError("a header of a message cannot be read");
    const valueStart = fixed === null ? nameEnd + 3 : nameEnd + 1;
    const valueEnd = valueStart + (fixed ?? (valueStart > bytes.length ? 0 : bytes.readUInt16BE(nameEnd + 1)));
    if (valueEnd > bytes.length) throw new BrokenFramingError("a header of a message cannot be read");
    const member = type === textType ? known[bytes.toString("latin1", position + 1, nameEnd)] : undefined;
    if (member) headers[member] = bytes.toString("utf8", valueStart, valueEnd);
    position = valueEnd;
  }
  return headers;
}

/** A message as Bedrock frames it: for tests, and for callers who speak Bedrock's own API. */
export function writeAwsMessage(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const pieces = Object.entries(headers).map(([name, value]) => {
    const text = Buffer.from(value);
    const head = Buffer.alloc(4 + name.length);
    head[0] = name.length;
    head.write(name, 1, "latin1");
    head[1 + name.length] = textType;
    head.writeUInt16BE(text.length, 2 + name.length);
    return Buffer.concat([head, text]);
  });
  const headerBytes = pieces.length === 0 ? empty : Buffer.concat(pieces);
  const message = Buffer.alloc(leastMessageBytes + headerBytes.length + payload.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headerBytes.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headerBytes.copy(message, preludeBytes);
  payload.copy(message, preludeBytes + headerBytes.length);
  message.writeUInt32BE(crc32(message.subarray(0, message.length - 4)), message.length - 4);
  return message;
}
