/**
 * Hot path of calls whose bodies are kept. The beginnings of one call's bodies, as they pass: references to the chunks that
 * flow anyway, nothing is copied before the call has ended.
 */

/** What all captures of a worker hold together. */
export interface HeldBytes {
  bytes: number;
  readonly most: number;
}

export interface CapturedBody {
  readonly chunks: readonly Buffer[];
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly isCut: boolean;
}

/** Each event has a word or two in an envelope many times its size, and what is read is the words. */
const envelopeFactor = 16;
const mostOfStreamBytes = 4 * 1024 * 1024;

/** How much is kept of a body of this type, where of others so much is. */
export function keptBytesOf(contentType: string, bodyBytes: number): number {
  return /^text\/event-stream\b/i.test(contentType) ? Math.min(mostOfStreamBytes, bodyBytes * envelopeFactor) : bodyBytes;
}

class Beginning {
  readonly chunks: Buffer[] = [];
  bytes = 0;
  isCut = false;

  take(chunk: Buffer, bodyBytes: number, held: HeldBytes): void {
    if (this.isCut) return;
    const room = Math.min(bodyBytes - this.bytes, held.most - held.bytes);
    const part = chunk.length <= room ? chunk : chunk.subarray(0, Math.max(0, room));
    this.isCut = part.length < chunk.length;
    if (part.length === 0) return;
    this.chunks.push(part);
    this.bytes += part.length;
    held.bytes += part.length;
  }
}

export class BodyCapture {
  readonly #limits: { bodyBytes: number; held: HeldBytes };
  #responseBytes: number;
  readonly #request = new Beginning();
  readonly #response = new Beginning();
  #fields: readonly string[] = [];

  constructor(limits: { bodyBytes: number; held: HeldBytes }) {
    this.#limits = limits;
    this.#responseBytes = limits.bodyBytes;
  }

  request(chunk: Buffer): void {
    this.#request.take(chunk, this.#limits.bodyBytes, this.#limits.held);
  }

  /** The fields of the final answer: name, value, … */
  responseHead(rawHeaders: readonly string[]): void {
    this.#fields = rawHeaders;
    this.#responseBytes = keptBytesOf(fieldOf(rawHeaders, "content-type"), this.#limits.bodyBytes);
  }

  response(chunk: Buffer): void {
    this.#response.take(chunk, this.#responseBytes, this.#limits.held);
  }

  /** Holds nothing from now on. */
  release(): void {
    this.#limits.held.bytes -= this.#request.bytes + this.#response.bytes;
  }

  captured(requestHeaders: { "content-type"?: string | undefined; "content-encoding"?: string | undefined }): { request: CapturedBody; response: CapturedBody } {
    return {
      request: { chunks: this.#request.chunks, isCut: this.#request.isCut, contentType: requestHeaders["content-type"] ?? "", contentEncoding: requestHeaders["content-encoding"] ?? "" },
      response: { chunks: this.#response.chunks, isCut: this.#response.isCut, contentType: fieldOf(this.#fields, "content-type"), contentEncoding: fieldOf(this.#fields, "content-encoding") },
    };
  }
}

function fieldOf(rawHeaders: readonly string[], name: string): string {
  for (let index = 0; index < rawHeaders.length; index += 2) if ((rawHeaders[index] as string).toLowerCase() === name) return rawHeaders[index + 1] as string;
  return "";
}
