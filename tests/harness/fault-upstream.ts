/**
 * An upstream service that misbehaves on demand; the path says how:
 * `/status/503` · `/slow/800` (answers after so many ms) · `/stream/20/50` (20 chunks, one every 50 ms) · `/cut` (dies in
 * the middle of the body) · `/reset` (closes without an answer) · `/never` · `/garbage` (no HTTP) · anything else: 200.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type TestServer, listen } from "./test-server.ts";

export interface FaultUpstream extends TestServer {
  /** Paths of the requests that arrived, in order. */
  arrived: string[];
  /** Paths of the requests whose caller went away before the answer's end. */
  abandoned: string[];
}

export async function startFaultUpstream(port = 0): Promise<FaultUpstream> {
  const arrived: string[] = [];
  const abandoned: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    arrived.push(path);
    response.on("close", () => {
      if (!response.writableFinished) abandoned.push(path);
    });
    request.resume();
    void misbehave(path.split("?")[0]?.split("/").slice(1) ?? [], request, response);
  });
  return Object.assign(await listen(server, port), { arrived, abandoned });
}

async function misbehave([how = "", first, second]: string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (how) {
    case "status":
      response.writeHead(Number(first)).end(`status ${first}`);
      return;
    case "slow":
      await delay(Number(first));
      response.end("slow but whole");
      return;
    case "stream":
      return stream(response, { chunks: Number(first), everyMs: Number(second) });
    case "cut":
      response.writeHead(200, { "content-length": 1000 }).write("only a part");
      await delay(20);
      request.socket.destroy();
      return;
    case "reset":
      request.socket.destroy();
      return;
    case "never":
      return;
    case "garbage":
      request.socket.end("this is not HTTP\r\n\r\n");
      return;
    default:
      response.end("fine");
  }
}

async function stream(response: ServerResponse, { chunks, everyMs }: { chunks: number; everyMs: number }): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let chunk = 0; chunk < chunks && !response.destroyed; chunk++) {
    response.write(`data: ${chunk}\n\n`);
    await delay(everyMs);
  }
  response.end("data: end\n\n");
}
