/** A request's body up to a cap in memory; a longer one goes on as a stream with what was read of it in front. */
import { Readable } from "node:stream";
import type { RequestBody } from "./exchange.ts";
import { bodyOf } from "./derived-exchange.ts";

export type HeldBody = { kind: "held"; bytes: Buffer; body: RequestBody } | { kind: "streamed"; body: RequestBody };

/** Rejects with a `RefusalError` where the body breaks off or is too long for the gateway. */
export async function holdBody(body: RequestBody, maxBytes: number): Promise<HeldBody> {
  if (body.length !== null && body.length <= maxBytes) {
    const bytes = await body.whole();
    return { kind: "held", bytes, body: bodyOf(bytes) };
  }
  if (body.length !== null || body.stream === null) return { kind: "streamed", body };
  return readUpTo(body, body.stream, maxBytes);
}

async function readUpTo(body: RequestBody, stream: Readable, maxBytes: number): Promise<HeldBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > maxBytes) return { kind: "streamed", body: passedOn(body, Readable.from(rest(chunks, iterator), { objectMode: false })) };
  }
  const bytes = Buffer.concat(chunks);
  return { kind: "held", bytes, body: bodyOf(bytes) };
}

/** The failure is looked at late: the body may break off, or turn out too long, while it is on its way. */
function passedOn(body: RequestBody, stream: Readable): RequestBody {
  return {
    stream,
    length: null,
    get failure() {
      return body.failure;
    },
    whole: () => body.whole(),
  };
}

async function* rest(chunks: Buffer[], iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}
