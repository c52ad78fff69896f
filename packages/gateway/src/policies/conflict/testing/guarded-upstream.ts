/** For tests: an upstream that keeps JSON documents in memory, with a validator of the kind that a test asks for, and a gateway in front. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServiceSource } from "@parley/contract/config/service";
import { type GatewayUnderTest, startGateway, type TestConfiguration } from "../../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../../main/upstream-under-test.ts";

export interface Documents {
  upstream: UpstreamUnderTest;
  /** By path. */
  kept: Map<string, string>;
  /** Called before the upstream answers; true where it has answered itself. */
  interfere: ((request: IncomingMessage, response: ServerResponse, body: string) => boolean | Promise<boolean>) | null;
}

export async function startDocuments(etag: "none" | "weak" | "strong" = "none"): Promise<Documents> {
  const documents: Documents = { upstream: undefined as never, kept: new Map(), interfere: null };
  documents.upstream = await startUpstream((request, response, body) => {
    void Promise.resolve(documents.interfere?.(request, response, body) ?? false).then((done) => done || answer(documents, { request, response, body, etag }));
  });
  return documents;
}

interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  body: string;
  etag: "none" | "weak" | "strong";
}

function answer({ kept }: Documents, { request, response, body, etag }: Asked): void {
  const path = (request.url ?? "").split("?", 1)[0] as string;
  const before = kept.get(path);
  if (request.method === "GET" || request.method === "HEAD") return show(response, before, etag);
  if (request.method === "OPTIONS") return void response.writeHead(204, { Allow: "GET, HEAD, POST, PUT, PATCH, DELETE" }).end();
  const condition = request.headers["if-match"];
  if (etag === "strong" && condition !== undefined && (before === undefined || (condition !== "*" && condition !== tagOf(before, etag)))) return void response.writeHead(412).end();
  if (request.method === "POST") {
    const created = `${path}/${kept.size + 1}`;
    kept.set(created, body);
    return void response.writeHead(201, { Location: created, "Content-Type": "application/json" }).end(body);
  }
  if (request.method === "DELETE") return void response.writeHead(kept.delete(path) ? 204 : 404).end();
  kept.set(path, request.method === "PATCH" ? JSON.stringify({ ...(JSON.parse(before ?? "{}") as object), ...(JSON.parse(body) as object) }) : body);
  response.writeHead(before === undefined ? 201 : 204).end();
}

function show(response: ServerResponse, document: string | undefined, etag: Asked["etag"]): void {
  if (document === undefined) return void response.writeHead(404).end();
  const tag = tagOf(document, etag);
  response.writeHead(200, { "Content-Type": "application/json", ...(tag === null ? {} : { ETag: tag }) }).end(document);
}

export function tagOf(document: string, etag: Asked["etag"]): string | null {
  const hash = createHash("sha1").update(document).digest("hex").slice(0, 12);
  return etag === "none" ? null : etag === "weak" ? `W/"${hash}"` : `"${hash}"`;
}

export interface Guarded extends Documents {
  gateway: GatewayUnderTest;
  call: (method: string, path: string, init?: { headers?: Record<string, string>; body?: unknown; key?: string }) => Promise<Answered>;
  stop: () => Promise<void>;
}

export interface Answered {
  status: number;
  headers: Headers;
  etag: string;
  text: string;
  body: Record<string, unknown>;
}

export async function startGuarded(conflict: NonNullable<ServiceSource["conflict"]>, options: { etag?: Asked["etag"]; upstream?: Partial<NonNullable<ServiceSource["upstream"]>>; access?: "open" | "key"; gateway?: TestConfiguration["gateway"] } = {}): Promise<Guarded> {
  const documents = await startDocuments(options.etag);
  const configuration: TestConfiguration = {
    ...(options.gateway ? { gateway: options.gateway } : {}),
    services: { notes: { path: "/notes", access: options.access ?? "key", upstream: { targets: [{ url: documents.upstream.url }], ...options.upstream }, conflict } },
    consumers: { ann: { key: "ann-key" }, bob: { key: "bob-key" } },
  };
  const gateway = await startGateway(configuration, { ledger: true });
  const guarded = Object.assign(documents, {
    gateway,
    call: (method: string, path: string, init: { headers?: Record<string, string>; body?: unknown; key?: string } = {}) => callThrough(gateway.url, { method, path, ...init }),
    stop: async () => {
      await gateway.stop();
      await documents.upstream.close();
    },
  });
  return guarded;
}

async function callThrough(url: string, asked: { method: string; path: string; headers?: Record<string, string>; body?: unknown; key?: string }): Promise<Answered> {
  const body = asked.body === undefined ? undefined : typeof asked.body === "string" || Buffer.isBuffer(asked.body) ? asked.body : JSON.stringify(asked.body);
  const headers = { "x-api-key": asked.key ?? "ann-key", ...(body === undefined ? {} : { "content-type": "application/json" }), ...asked.headers };
  const response = await fetch(url + asked.path, { method: asked.method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const parsed = response.status !== 206 && text.startsWith("{") && !response.headers.get("content-type")?.includes("ndjson") ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, etag: response.headers.get("etag") ?? "", text, body: parsed };
}
