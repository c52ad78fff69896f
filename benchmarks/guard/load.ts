/** Closed-loop load of reads and read-and-write pairs over kept connections; every status is looked at. */
import { Agent, request as send } from "node:http";
import { key } from "./parley.ts";

const connections = 32;

export interface Load {
  port: number;
  /** The n-th path. */
  path: (index: number) => string;
  count: number;
  kind: "read" | "read-and-write" | "write";
  connections?: number;
}

/** Calls or pairs a second. */
export async function run(load: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections ?? connections });
  const since = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let index = next++; index < load.count; index = next++) await once(load, { agent, path: load.path(index) });
  };
  await Promise.all(Array.from({ length: load.connections ?? connections }, client));
  agent.destroy();
  return (load.count * 1000) / (performance.now() - since);
}

const written = JSON.stringify({ title: "benchmark", text: "y".repeat(980) });

async function once(load: Load, { agent, path }: { agent: Agent; path: string }): Promise<void> {
  if (load.kind === "write") return expectStatus(await call(load.port, { agent, path, method: "PUT", etag: "*" }), 204);
  const read = await call(load.port, { agent, path, method: "GET", etag: null });
  expectStatus(read, 200);
  if (load.kind === "read-and-write") expectStatus(await call(load.port, { agent, path, method: "PUT", etag: read.etag }), 204);
}

function expectStatus({ status }: { status: number }, expected: number): void {
  if (status !== expected) throw new Error(`answered ${status} in the place of ${expected}`);
}

function call(port: number, asked: { agent: Agent; path: string; method: string; etag: string | null }): Promise<{ status: number; etag: string | null }> {
  const body = asked.method === "GET" ? "" : written;
  const headers = { "x-api-key": key, ...(asked.etag === null ? {} : { "if-match": asked.etag }), ...(body === "" ? {} : { "content-type": "application/json", "content-length": body.length }) };
  return new Promise((resolve, reject) => {
    const sent = send({ host: "127.0.0.1", port, path: asked.path, method: asked.method, agent: asked.agent, headers }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, etag: response.headers.etag ?? null }));
    });
    sent.on("error", reject).end(body);
  });
}
