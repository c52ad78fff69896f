/**
 * The upstream for what nginx cannot answer: streams of time-stamped chunks, and request bodies that are checked. It
 * runs as a process of its own, pinned with the load. May import nothing of Parley.
 *
 *   POST /upload                              200 if the body is the expected 100 KB
 *   POST /openai/<chunks>/<everyMs>/…         a stream in OpenAI's format, one chunk every <everyMs>
 *   POST /anthropic/<chunks>/<everyMs>/…      the same in Anthropic's
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chunkMark } from "../load/chunk-marks.ts";
import { plain1k, upload100k } from "./fixtures.ts";
import { anthropicScript, openaiScript, type StreamScript } from "./stream-scripts.ts";

const scripts: Record<string, StreamScript> = { openai: openaiScript, anthropic: anthropicScript };
const expectedUpload = Buffer.from(upload100k);

const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, (request, response) => {
  const [, kind = "", chunks = "", everyMs = ""] = (request.url ?? "").split("/");
  const script = scripts[kind];
  if (script) stream(request, response, { script, chunks: Number(chunks), everyMs: Number(everyMs) });
  else upload(request, response);
});
server.listen(0, "127.0.0.1", () => process.send?.({ type: "ready", port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));

function upload(request: IncomingMessage, response: ServerResponse): void {
  let offset = 0;
  let same = true;
  request.on("data", (piece: Buffer) => {
    same &&= expectedUpload.compare(piece, 0, piece.length, offset, Math.min(offset + piece.length, expectedUpload.length)) === 0;
    offset += piece.length;
  });
  request.on("end", () => {
    const status = same && offset === expectedUpload.length ? 200 : 422;
    response.writeHead(status, { "content-type": "application/json", "content-length": plain1k.length }).end(plain1k);
  });
}

interface Course {
  script: StreamScript;
  chunks: number;
  everyMs: number;
}

function stream(request: IncomingMessage, response: ServerResponse, course: Course): void {
  request.resume();
  response.socket?.setNoDelay(true);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.write(course.script.opening);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(course.script.chunk(chunkMark(sent++)));
    if (sent < course.chunks) return;
    clearInterval(timer);
    response.end(course.script.closing(course.chunks));
  }, course.everyMs);
  response.on("close", () => clearInterval(timer));
}
