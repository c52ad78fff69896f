import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GatheredWrite } from "./gathered-write.ts";

let server: Server;

beforeAll(async () => {
  server = createServer((socket) => socket.pause());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => server.close());

interface Pair {
  near: Socket;
  /** Reads nothing before `read`. */
  far: Socket;
}

async function pair(): Promise<Pair> {
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const near = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(near, "connect");
  const [far] = await accepted;
  return { near, far };
}

async function read({ near, far }: Pair): Promise<Buffer> {
  near.end();
  const chunks: Buffer[] = [];
  for await (const chunk of far) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test("what stands before, in and after the body arrives in this order, byte for byte", async () => {
  const to = await pair();
  new GatheredWrite().write(to.near, { before: "caf\u00e9\r\n", body: [Buffer.from([0, 255]), Buffer.from("\u20ac")], bodyBytes: 5, after: "!" });
  expect(await read(to)).toEqual(Buffer.concat([Buffer.from("caf\u00e9\r\n", "latin1"), Buffer.from([0, 255]), Buffer.from("\u20ac!")]));
});

test("a write of nothing is none, and does not ask to pause", async () => {
  const to = await pair();
  expect(new GatheredWrite().write(to.near, { before: "", body: [], bodyBytes: 0, after: "" })).toBe(true);
  expect(to.near.bytesWritten).toBe(0);
  expect(await read(to)).toHaveLength(0);
});

test("what a slow reader has not taken is not overwritten by what is written to others", async () => {
  const out = new GatheredWrite();
  const slow = await pair();
  const written: Buffer[] = [];
  // Some writes past the moment when the kernel takes no more.
  for (let index = 0, full = 0; full < 5; index++) {
    const body = Buffer.alloc(15_000, index % 251);
    written.push(body);
    out.write(slow.near, { before: "", body: [body], bodyBytes: body.length, after: "" });
    if (slow.near.writableLength > 0) full++;
    const other = Buffer.alloc(15_000, 252);
    const to = await pair();
    out.write(to.near, { before: "", body: [other], bodyBytes: other.length, after: "" });
    expect(await read(to)).toEqual(other);
  }
  expect(Buffer.compare(await read(slow), Buffer.concat(written))).toBe(0);
});

test.each([15_999, 16_000, 16_001, 300_000])("of %i bytes of body with head and end none is lost or moved", async (bodyBytes) => {
  const to = await pair();
  const body = Buffer.from(Array.from({ length: bodyBytes }, (_, index) => index % 256));
  new GatheredWrite().write(to.near, { before: "h".repeat(380), body: [body.subarray(0, 9), body.subarray(9)], bodyBytes, after: "end\n" });
  expect(Buffer.compare(await read(to), Buffer.concat([Buffer.alloc(380, "h"), body, Buffer.from("end\n")]))).toBe(0);
});
