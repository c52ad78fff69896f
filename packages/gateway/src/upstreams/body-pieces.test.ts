import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { signAws } from "../ai/keys/sign-aws.ts";
import { joined, lengthOf, pacedPieces } from "./body-pieces.ts";
import { Http2Transport } from "./http2/http2-transport.ts";
import type { OutgoingRequest } from "./transport.ts";

const whole = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));
const pieces = [whole.subarray(0, 3), Buffer.from(""), whole.subarray(3, 600_000), whole.subarray(600_000)];
const timeouts = { connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000 };

describe("a body in pieces", () => {
  it("is read in order and in slices of itself", async () => {
    const read: Buffer[] = [];
    for await (const slice of pacedPieces(pieces)) read.push(slice as Buffer);
    expect(Buffer.concat(read).equals(whole)).toBe(true);
    expect(read.every((slice) => slice.buffer === whole.buffer && slice.length <= 256 * 1024)).toBe(true);
    expect([lengthOf(pieces), joined(pieces).equals(whole)]).toEqual([whole.length, true]);
  });

  it("has the same signature as the whole", () => {
    const signed = (body: OutgoingRequest["body"]): string[] => {
      const request: OutgoingRequest = { origin: "https://bedrock.example", method: "POST", path: "/model", rawHeaders: ["Host", "bedrock.example"], body, timeouts };
      signAws(request, { accessKeyId: "id", secretAccessKey: "secret", region: "eu-west-1", service: "bedrock" }, 0);
      return request.rawHeaders;
    };
    expect(signed(pieces)).toEqual(signed(whole));
    expect(signed([whole])).not.toEqual(signed([]));
  });

  it("arrives over HTTP/2 with every byte", async () => {
    const received: Buffer[] = [];
    const server = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => received.push(chunk));
      request.on("end", () => response.end("ok"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const transport = new Http2Transport();
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise<void>((resolve, reject) => {
      transport.send({ origin, method: "POST", path: "/", rawHeaders: ["Host", "h", "Content-Length", String(whole.length)], body: pieces, timeouts, protocol: "http2" }, { head: () => {}, data: () => true, end: () => resolve(), failure: ({ detail }) => reject(new Error(detail)) });
    });
    expect(Buffer.concat(received).equals(whole)).toBe(true);
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
  }, 30_000);
});
