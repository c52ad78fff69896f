import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { chunkMark } from "./chunk-marks.ts";
import { runClosedLoop } from "./closed-loop.ts";
import { runOpenLoop } from "./open-loop.ts";
import { runStreams } from "./stream-loop.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  open.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const requests = [Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")];
const expectHello = { exactly: Buffer.from("hello") };

describe("the closed loop", () => {
  test("counts answers with the right body and no others", async () => {
    let number = 0;
    const port = await listen((_request, response) => {
      number++;
      if (number % 10 === 0) response.writeHead(500);
      response.end(number % 10 === 1 ? "hellu" : number % 10 === 2 ? "hello!" : "hello");
    });
    const result = await runClosedLoop({ kind: "closed", target: { port, requests, expect: expectHello }, connections: 4, limit: { calls: 100 } });
    expect(result).toMatchObject({ answered: 70, failed: 30 });
  });

  test("counts calls that were cut off as failed, and goes on", async () => {
    let number = 0;
    const port = await listen((_request, response) => {
      if (++number % 2 === 0) response.destroy();
      else response.end("hello");
    });
    const result = await runClosedLoop({ kind: "closed", target: { port, requests, expect: { containing: "ell" } }, connections: 1, limit: { calls: 20 } });
    expect(result).toMatchObject({ answered: 10, failed: 10 });
  });
});

describe("the open loop", () => {
  test("sends at its rate, and charges a stall to every call that was due meanwhile", async () => {
    let number = 0;
    const port = await listen((_request, response) => {
      // Past the half second that is not timed.
      if (++number === 150) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      }
      response.end("hello");
    });
    const result = await runOpenLoop({ kind: "open", target: { port, requests, expect: expectHello }, ratePerSecond: 200, durationMs: 500, maxConnections: 8 });
    expect(result).toMatchObject({ answered: 200, failed: 0 });
    expect(result.latenciesMs).toHaveLength(100);
    // 60 calls were due in those 300 ms; a loop that waits for answers would have made 8 of them wait.
    expect(result.latenciesMs.filter((latency) => latency > 20).length).toBeGreaterThan(40);
  });
});

describe("streams", () => {
  const stream = (marks: readonly number[]) => listen((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const mark of marks) response.write(`data: ${chunkMark(mark)}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  const run = (port: number) => runStreams({ kind: "streams", target: { port, requests, expect: { containing: "" } }, concurrent: 2, streams: 4, chunksPerStream: 3 });

  test("count when every chunk came once and in order", async () => {
    const result = await run(await stream([0, 1, 2]));
    expect(result).toMatchObject({ answered: 4, failed: 0 });
    expect(result.chunkDelaysMs).toHaveLength(12);
    expect(result.latenciesMs).toHaveLength(4);
  });

  test.each([[[0, 1]], [[0, 2, 1]], [[0, 1, 2, 3]], [[]]])("fail with the chunks %j", async (marks) => {
    expect(await run(await stream(marks))).toMatchObject({ answered: 0, failed: 4 });
  });
});
