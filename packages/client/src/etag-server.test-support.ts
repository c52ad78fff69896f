/** A small server that speaks ETags, leases and idempotency keys, for the client's tests; and how it can be made to misbehave. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export function problem(response: ServerResponse, status: number, members: Record<string, unknown>, headers: Record<string, string> = {}): true {
  response.writeHead(status, { "Content-Type": "application/problem+json", ...headers }).end(JSON.stringify({ status, title: "refused", ...members }));
  return true;
}

interface Target {
  path: string;
  body: string;
}

export class EtagServer {
  url = "";
  /** What is stored, by path. */
  readonly documents = new Map<string, { value: unknown; version: number }>();
  readonly requests: { method: string; path: string; headers: IncomingMessage["headers"] }[] = [];
  /** Runs before a request is handled; true: it has answered by itself. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean> = () => false;
  /** Runs after a request took effect and before it is answered; true: it has answered, or cut the connection. */
  beforeAnswer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  weak = false;
  readonly #server: Server;
  readonly #locks = new Map<string, { token: string; fence: number; until: number }>();
  readonly #created = new Map<string, string>();
  #fences = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  put(path: string, value: unknown): void {
    this.documents.set(path, { value, version: (this.documents.get(path)?.version ?? 0) + 1 });
  }

  #tag(path: string): string {
    return `${this.weak ? "W/" : ""}"${this.documents.get(path)?.version ?? 0}"`;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const method = request.method ?? "";
    this.requests.push({ method, path, headers: request.headers });
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (await this.before(request, response)) return;
    if (method === "LOCK") return this.#lock(request, response, path);
    if (method === "UNLOCK") {
      this.#locks.delete(path);
      response.writeHead(204).end();
      return;
    }
    if (method === "POST") return this.#create(request, response, { path, body });
    const document = this.documents.get(path);
    if (!document) problem(response, 404, {});
    else if (method === "GET") response.writeHead(200, { "Content-Type": "application/json", ETag: this.#tag(path) }).end(JSON.stringify(document.value));
    else this.#write(request, response, { path, body });
  }

  #lock(request: IncomingMessage, response: ServerResponse, path: string): void {
    const held = this.#locks.get(path);
    const live = held !== undefined && held.until > Date.now();
    const ttlMs = Number(/^Second-(\d+)$/.exec(String(request.headers["timeout"]))?.[1] ?? 1) * 1000;
    if (live && tokenOf(request) !== held.token) return void problem(response, 423, { cause: "locked", subcause: "held" });
    if (!live && tokenOf(request) !== "") return void problem(response, 412, { cause: "locked", subcause: "expired" });
    const granted = live ? { ...held, until: Date.now() + ttlMs } : { token: `lock-${this.#fences + 1}`, fence: (this.#fences += 1), until: Date.now() + ttlMs };
    this.#locks.set(path, granted);
    response.writeHead(200, { "Content-Type": "application/json", "Lock-Token": `<${granted.token}>` }).end(JSON.stringify({ token: granted.token, fence: granted.fence }));
  }

  #write(request: IncomingMessage, response: ServerResponse, { path, body }: Target): void {
    const held = this.#locks.get(path);
    if (held && held.until > Date.now() && tokenOf(request) !== held.token) return void problem(response, 423, { cause: "locked" });
    if (request.headers["if-match"] === undefined) return void problem(response, 428, { cause: "precondition-required" });
    if (this.weak || request.headers["if-match"] !== this.#tag(path)) return void problem(response, 412, { cause: "concurrent-modification" }, { ETag: this.#tag(path) });
    if (request.method === "DELETE") this.documents.delete(path);
    else this.put(path, JSON.parse(body));
    if (!this.beforeAnswer(request, response)) response.writeHead(204, request.method === "DELETE" ? {} : { ETag: this.#tag(path) }).end();
  }

  #create(request: IncomingMessage, response: ServerResponse, { path, body }: Target): void {
    const key = String(request.headers["idempotency-key"]);
    const location = this.#created.get(key) ?? `${path}/${this.#created.size + 1}`;
    if (!this.#created.has(key)) this.put(location, JSON.parse(body));
    this.#created.set(key, location);
    if (!this.beforeAnswer(request, response)) response.writeHead(201, { "Content-Type": "application/json", ETag: this.#tag(location), Location: location }).end(JSON.stringify({ location }));
  }
}

function tokenOf(request: IncomingMessage): string {
  return /^<(.*)>$/.exec(String(request.headers["lock-token"] ?? ""))?.[1] ?? "";
}
