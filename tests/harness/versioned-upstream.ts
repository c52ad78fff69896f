/**
 * An upstream that keeps JSON documents and compares nothing. A test may take any request out of its hands, to answer late, or
 * never, or to die over it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type TestServer, listen } from "./test-server.ts";

export interface Incoming {
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  path: string;
  body: string;
  /** Does what the upstream does with a write, and answers nothing. */
  apply(): void;
  answer(): void;
}

export interface VersionedUpstream extends TestServer {
  kept: Map<string, string>;
  /** Method and path of everything that arrived, in order. */
  arrived: string[];
  /** True where the test sees to the request from now on. */
  takes: ((incoming: Incoming) => boolean) | null;
}

export async function startVersionedUpstream(): Promise<VersionedUpstream> {
  const kept = new Map<string, string>();
  const upstream: VersionedUpstream = { kept, arrived: [], takes: null, url: "", port: 0, close: async () => {}, [Symbol.asyncDispose]: async () => {} };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const incoming = asIncoming(kept, { request, response, body });
      upstream.arrived.push(`${incoming.method} ${incoming.path}`);
      if (upstream.takes?.(incoming)) return;
      incoming.apply();
      incoming.answer();
    });
  });
  return Object.assign(upstream, await listen(server));
}

function asIncoming(kept: Map<string, string>, asked: { request: IncomingMessage; response: ServerResponse; body: string }): Incoming {
  const { request, response, body } = asked;
  const method = request.method ?? "";
  const path = request.url ?? "";
  return {
    request, response, method, path, body,
    apply: () => {
      if (method === "PUT") kept.set(path, body);
      else if (method === "DELETE") kept.delete(path);
    },
    answer: () => {
      const document = kept.get(path);
      if (method !== "GET") response.writeHead(204).end();
      else response.writeHead(document === undefined ? 404 : 200, { "Content-Type": "application/json" }).end(document);
    },
  };
}
