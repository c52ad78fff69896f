/**
 * An upstream for the acceptance run of the conflict guard. The first segment of a path says what it has: `plain` nothing, `strong` and
 * `weak` entity-tags, `dated` a Last-Modified, `coded` gzip for whoever takes it. A write says in `x-do` what is to become of it.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { listen, type TestServer } from "../../harness/test-server.ts";

interface Kept {
  bytes: Buffer;
  type: string;
  atMs: number;
}

export interface Arrived {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface SpecifiedUpstream extends TestServer {
  kept: Map<string, Kept>;
  arrived: Arrived[];
  /** A JSON document, as if it had been there for long. */
  put(path: string, value: unknown): void;
  value(path: string): unknown;
}

export async function startSpecifiedUpstream(): Promise<SpecifiedUpstream> {
  const kept: SpecifiedUpstream["kept"] = new Map();
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => void take({ kept, arrived }, request, response));
  return {
    ...(await listen(server)), kept, arrived,
    put: (path, value) => void kept.set(path, { bytes: Buffer.from(JSON.stringify(value)), type: "application/json", atMs: Date.now() - 60_000 }),
    value: (path) => (kept.has(path) ? (JSON.parse(String(kept.get(path)?.bytes)) as unknown) : undefined),
  };
}

async function take({ kept, arrived }: Pick<SpecifiedUpstream, "kept" | "arrived">, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat((await request.toArray()) as Buffer[]);
  const path = (request.url ?? "").split("?", 1)[0] as string;
  arrived.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: body.toString() });
  const told = request.method === "GET" ? "" : String(request.headers["x-do"] ?? "");
  if (told.startsWith("late")) await delay(Number(told.slice("late ".length)));
  if (/^\d/.test(told)) response.writeHead(Number(told.slice(0, 3)), { "Content-Type": "application/json" }).end(told.slice(4));
  else answer(kept, { request, response, path, body });
}

function answer(kept: SpecifiedUpstream["kept"], { request, response, path, body }: { request: IncomingMessage; response: ServerResponse; path: string; body: Buffer }): void {
  const before = kept.get(path);
  if (request.method === "GET" || request.method === "HEAD") return show(request, response, { path, before });
  if (path.startsWith("/strong/") && isRefused(request, tagOf(path, before))) return void response.writeHead(412).end();
  if (request.method === "DELETE") return void response.writeHead(kept.delete(path) ? 204 : 404).end();
  const at = request.method === "POST" ? `${path}/${kept.size + 1}` : path;
  const written = request.method === "PATCH" && before !== undefined ? patched(before.bytes, body, String(request.headers["content-type"])) : body;
  kept.set(at, { bytes: written, type: request.method === "PATCH" ? (before?.type ?? "") : String(request.headers["content-type"] ?? ""), atMs: Date.now() });
  const tag = tagOf(at, kept.get(at));
  response.writeHead(before === undefined ? 201 : 200, { "Content-Type": String(request.headers["content-type"] ?? "text/plain"), ...(tag === null ? {} : { ETag: tag }), ...(at === path ? {} : { Location: at }) }).end(written);
}

/** Merge patches alone, and those of the first level. */
function patched(before: Buffer, body: Buffer, type: string): Buffer {
  return /merge-patch|^application\/json$/.test(type) ? Buffer.from(JSON.stringify({ ...(JSON.parse(String(before)) as object), ...(JSON.parse(String(body)) as object) })) : before;
}

function show(request: IncomingMessage, response: ServerResponse, { path, before }: { path: string; before: Kept | undefined }): void {
  if (before === undefined) return void response.writeHead(404).end();
  const tag = tagOf(path, before);
  const coded = path.startsWith("/coded/") && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
  const bytes = coded ? gzipSync(before.bytes) : before.bytes;
  response.writeHead(200, {
    "Content-Type": before.type, "Content-Length": bytes.length, "Cache-Control": `max-age=${before.bytes.length}`, Vary: "Accept-Encoding", ...(tag === null ? {} : { ETag: tag }),
    ...(coded ? { "Content-Encoding": "gzip" } : {}), ...(path.startsWith("/dated/") ? { "Last-Modified": new Date(before.atMs).toUTCString() } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function tagOf(path: string, kept: Kept | undefined): string | null {
  if (kept === undefined || !/^\/(?:strong|weak)\//.test(path)) return null;
  const tag = `"${createHash("sha1").update(kept.bytes).digest("hex").slice(0, 12)}"`;
  return path.startsWith("/weak/") ? `W/${tag}` : tag;
}

function isRefused({ headers }: IncomingMessage, tag: string | null): boolean {
  if (headers["if-none-match"] === "*" && tag !== null) return true;
  return headers["if-match"] !== undefined && (tag === null || (headers["if-match"] !== "*" && headers["if-match"] !== tag));
}
