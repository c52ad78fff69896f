/** An API that keeps JSON documents by path and compares nothing, as most do: GET, PUT, PATCH (merge patch, flat), DELETE. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type TestServer } from "./test-server.ts";

export interface DocumentUpstream extends TestServer {
  documents: Map<string, unknown>;
}

export async function documentUpstream(): Promise<DocumentUpstream> {
  const documents = new Map<string, unknown>();
  const server = await listen(
    createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => answer(documents, request, { response, body }));
    }),
  );
  return { ...server, documents };
}

function answer(documents: Map<string, unknown>, request: IncomingMessage, { response, body }: { response: ServerResponse; body: string }): void {
  const path = request.url ?? "";
  const known = documents.get(path);
  const json = (status: number, value: unknown): void => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (request.method === "GET") return known === undefined ? json(404, {}) : json(200, known);
  if (request.method === "DELETE") {
    documents.delete(path);
    response.writeHead(204).end();
    return;
  }
  const change = JSON.parse(body) as object;
  documents.set(path, request.method === "PATCH" ? { ...(known as object), ...change } : change);
  json(known === undefined ? 201 : 200, documents.get(path));
}
