/** An upstream service that answers with what it got. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type TestServer, listen } from "./test-server.ts";

export interface EchoAnswer {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface EchoUpstream extends TestServer {
  /** What came so far, in order. */
  requests: EchoAnswer[];
}

export async function startEcho(): Promise<EchoUpstream> {
  const requests: EchoAnswer[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const answer: EchoAnswer = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      requests.push(answer);
      const text = JSON.stringify(answer);
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
    });
  });
  return Object.assign(await listen(server), { requests });
}
