/** A small server that speaks ETags, leases and idempotency keys, for the client's tests; and how it can be made to misbehave. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface EtagServer {
  url: string;
  /** What is stored, by path. */
  documents: Map<string, { value: unknown; version: number }>;
  requests: { method: string; path: string; headers: IncomingMessage["headers"] }[];
  /** Runs before a request is handled; true: it has answered by itself. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  /** Runs after a request took effect and before it is answered; true: it has answered, or cut the connection. */
  beforeAnswer: (request: IncomingMessage, response: ServerResponse) => boolean;
  weak: boolean;
  put(path: string, value: unknown): void;
  close(): Promise<void>;
}

export function problem(response: ServerResponse, status: number, members: Record<string, unknown>, headers: Record<string, string> = {}): true {
  response.writeHead(status, { "Content-Type": "application/problem+json", ...headers }).end(JSON.stringify({ status, title: "refused", ...members }));
  return true;
}

export async function startEtagServer(): Promise<EtagServer> {
  const locks = new Map<string, { token: string; fence: number; until: number }>();
  const created = new Map<string, string>();
  let fences = 0;
  const state: EtagServer = {
    url: "", documents: new Map(), requests: [], before: () => false, beforeAnswer: () => false, weak: false,
    put(path, value) {
      state.documents.set(path, { value, version: (state.documents.get(path)?.version ?? 0) + 1 });
    },
    close: () => Promise.resolve(),
  };
  const tag = (path: string): string => `${state.weak ? "W/" : ""}"${state.documents.get(path)?.version ?? 0}"`;
  const tokenOf = (request: IncomingMessage): string => /^<(.*)>$/.exec(String(request.headers["lock-token"] ?? ""))?.[1] ?? "";

  function lock(request: IncomingMessage, response: ServerResponse, path: string): void {
    const held = locks.get(path);
    const live = held !== undefined && held.until > Date.now();
    const ttlMs = Number(/^Second-(\d+)$/.exec(String(request.headers["timeout"]))?.[1] ?? 1) * 1000;
    if (live && tokenOf(request) !== held.token) return void problem(response, 423, { cause: "locked", subcause: "held" });
    if (!live && tokenOf(request) !== "") return void problem(response, 412, { cause: "locked", subcause: "expired" });
    const granted = live ? { ...held, until: Date.now() + ttlMs } : { token: `lock-${fences + 1}`, fence: (fences += 1), until: Date.now() + ttlMs };
    locks.set(path, granted);
    response.writeHead(200, { "Content-Type": "application/json", "Lock-Token": `<${granted.token}>` }).end(JSON.stringify({ token: granted.token, fence: granted.fence }));
  }

  function write(request: IncomingMessage, response: ServerResponse, target: { path: string; body: string }): void {
    const { path, body } = target;
    const held = locks.get(path);
    if (held && held.until > Date.now() && tokenOf(request) !== held.token) return void problem(response, 423, { cause: "locked" });
    if (request.headers["if-match"] === undefined) return void problem(response, 428, { cause: "precondition-required" });
    if (state.weak || request.headers["if-match"] !== tag(path)) return void problem(response, 412, { cause: "concurrent-modification" }, { ETag: tag(path) });
    if (request.method === "DELETE") state.documents.delete(path);
    else state.put(path, JSON.parse(body));
    if (!state.beforeAnswer(request, response)) response.writeHead(204, request.method === "DELETE" ? {} : { ETag: tag(path) }).end();
  }

  function create(request: IncomingMessage, response: ServerResponse, target: { path: string; body: string }): void {
    const key = String(request.headers["idempotency-key"]);
    const location = created.get(key) ?? `${target.path}/${created.size + 1}`;
    if (!created.has(key)) state.put(location, JSON.parse(target.body));
    created.set(key, location);
    if (!state.beforeAnswer(request, response)) response.writeHead(201, { "Content-Type": "application/json", ETag: tag(location), Location: location }).end(JSON.stringify({ location }));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const method = request.method ?? "";
    state.requests.push({ method, path, headers: request.headers });
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (await state.before(request, response)) return;
    if (method === "LOCK") return lock(request, response, path);
    if (method === "UNLOCK") {
      locks.delete(path);
      response.writeHead(204).end();
      return;
    }
    if (method === "POST") return create(request, response, { path, body });
    const document = state.documents.get(path);
    if (!document) return void problem(response, 404, {});
    if (method === "GET") response.writeHead(200, { "Content-Type": "application/json", ETag: tag(path) }).end(JSON.stringify(document.value));
    else write(request, response, { path, body });
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return state;
}
