/** For tests: the upstream that keeps documents, with a batch endpoint of its own that carries out what it is sent and compares nothing. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

export interface SentOperation {
  id: string;
  method?: string;
  ifMatch?: string;
  body?: unknown;
}

export interface Batching extends Guarded {
  /** The bodies of the batches that reached the upstream. */
  batches: string[];
  /** Called before a batch is carried out; true where it has answered itself. */
  before: ((response: ServerResponse, operations: SentOperation[]) => boolean | Promise<boolean>) | null;
  post: (operations: unknown, init?: { headers?: Record<string, string>; key?: string }) => ReturnType<Guarded["call"]>;
  tag: (id: string, key?: string) => Promise<string>;
}

type Settings = Parameters<typeof startGuarded>[0];

export const plainBatch = {
  path: "/_bulk", items: "/operations",
  item: { resource: "/{/id}", id: "/id", method: "/method", methods: { remove: "DELETE" }, ifMatch: "/ifMatch", ifNoneMatch: "/ifNoneMatch", lockToken: "/lockToken", body: "/body" },
} as const;

export const withResults = { ...plainBatch, results: { items: "/results", id: "/id", status: "/status" } };

export async function startBatching(settings: Settings, options: Parameters<typeof startGuarded>[1] = {}): Promise<Batching> {
  const guarded = await startGuarded({ batches: [plainBatch] as never, ...settings }, options);
  const batching: Batching = Object.assign(guarded, {
    batches: [] as string[],
    before: null,
    post: (operations: unknown, init: { headers?: Record<string, string>; key?: string } = {}) => guarded.call("POST", "/notes/_bulk", { ...init, body: { operations } }),
    tag: async (id: string, key?: string) => (await guarded.call("GET", `/notes/${id}`, key === undefined ? {} : { key })).etag,
  });
  guarded.interfere = (request, response, body) => isBatch(request) && carryOut(batching, response, body);
  return batching;
}

function isBatch({ method, url }: IncomingMessage): boolean {
  return method === "POST" && url === "/_bulk";
}

async function carryOut(batching: Batching, response: ServerResponse, body: string): Promise<true> {
  batching.batches.push(body);
  const { operations } = JSON.parse(body) as { operations: SentOperation[] };
  if ((await batching.before?.(response, operations)) === true) return true;
  const results = operations.map(({ id, method = "PUT", body: document }) => {
    const before = batching.kept.get(`/${id}`);
    if (method === "remove" || method === "DELETE") batching.kept.delete(`/${id}`);
    else if (method === "PATCH") batching.kept.set(`/${id}`, JSON.stringify({ ...(JSON.parse(before ?? "{}") as object), ...(document as object) }));
    else if (method !== "GET") batching.kept.set(`/${id}`, JSON.stringify(document));
    return { id, status: before === undefined ? 201 : 200 };
  });
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results }));
  return true;
}
