/** Services that others wrote, guarded: one that has only weak tags and compares nothing, one that compares revisions of its own. */
import express from "express";
import expressPouchdb from "express-pouchdb";
import jsonServer from "json-server";
import { createServer } from "node:http";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PouchCore from "pouchdb-core";
import httpAdapter from "pouchdb-adapter-http";
import memoryAdapter from "pouchdb-adapter-memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { findLostUpdates } from "../history-checker/lost-updates.ts";
import type { NamedWrite } from "../history-checker/history.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type TestServer, listen } from "../harness/test-server.ts";

const PouchDB = PouchCore.plugin(memoryAdapter).plugin(httpAdapter);
const key = "acme-key-0123456789";
const otherKey = "other-key-0123456789";

let couch: TestServer;
let posts: TestServer;
let parley: Parley;

beforeAll(async () => {
  const app = express();
  const logPath = join(mkdtempSync(join(tmpdir(), "parley-pouchdb-")), "log.txt");
  app.use("/db", expressPouchdb(PouchDB.defaults({ adapter: "memory" }), { mode: "minimumForPouchDB", inMemoryConfig: true, logPath }));
  couch = await listen(createServer(app));
  const blog = jsonServer.create();
  blog.use(jsonServer.bodyParser);
  blog.use(jsonServer.router({ posts: [{ id: 1, name: "start", n: 0 }, { id: 2, title: "two" }, { id: 3, title: "three", text: "a" }, { id: 4, title: "four", text: "a" }] }));
  posts = await listen(createServer(blog));
  parley = await startParley({
    yaml: `services:
  couch: { path: /couch, upstream: { targets: [{ url: "${couch.url}/db" }] }, conflict: { mode: require, validator: "adapter:couchdb" } }
  couch-bulk:
    path: /couch-bulk
    upstream: { targets: [{ url: "${couch.url}/db/bulk" }] }
    conflict:
      mode: require
      validator: adapter:couchdb
      batches:
        - path: /_bulk_docs
          items: /docs
          item: { resource: "/{/_id}", id: /_id, method: /_deleted, methods: { "true": DELETE }, ifMatch: /_rev, body: "" }
          results: { id: /id, error: /error }
  posts: { path: /blog, upstream: { targets: [{ url: "${posts.url}" }] }, conflict: { mode: require } }
  couch-observed: { path: /couch-observed, upstream: { targets: [{ url: "${couch.url}/db" }] }, conflict: { mode: observe } }
  couch-enforced: { path: /couch-enforced, upstream: { targets: [{ url: "${couch.url}/db" }] }, conflict: { mode: enforce, validator: "adapter:couchdb" } }
  posts-observed: { path: /blog-observed, upstream: { targets: [{ url: "${posts.url}" }] }, conflict: { mode: observe } }
  posts-enforced: { path: /blog-enforced, upstream: { targets: [{ url: "${posts.url}" }] }, conflict: { mode: enforce } }
consumers:
  acme: { keys: [{ name: default, secret: ${key} }] }
  other: { keys: [{ name: default, secret: ${otherKey} }] }
`,
  });
});

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await couch.close();
  await posts.close();
});

async function call(method: string, path: string, init: { body?: unknown; etag?: string | null; key?: string } = {}): Promise<{ status: number; etag: string | null; body: Record<string, unknown> }> {
  const headers: Record<string, string> = { "x-api-key": init.key ?? key, "content-type": "application/json" };
  if (init.etag) headers["if-match"] = init.etag;
  const response = await fetch(parley.gatewayUrl + path, { method, headers, ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }) });
  return { status: response.status, etag: response.headers.get("etag"), body: (await response.json().catch(() => ({}))) as Record<string, unknown> };
}

test("json-server: no update of many clients is lost, though it compares nothing by itself", async () => {
  const writes: NamedWrite[] = [{ key: "post", id: "start", predecessor: null, outcome: "acknowledged" }];
  const client = async (name: string): Promise<void> => {
    for (let done = 0; done < 5; ) {
      const read = await call("GET", "/blog/posts/1");
      const id = `${name}-${writes.length}`;
      const { status } = await call("PUT", "/blog/posts/1", { etag: read.etag, body: { name: id, n: Number(read.body["n"]) + 1 } });
      writes.push({ key: "post", id, predecessor: String(read.body["name"]), outcome: status === 200 ? "acknowledged" : status === 412 ? "refused" : "unknown" });
      if (status === 200) done += 1;
    }
  };
  await Promise.all(["a", "b", "c", "d"].map(client));
  const end = await call("GET", "/blog/posts/1");
  expect(end.body["n"]).toBe(20);
  expect(findLostUpdates(writes, new Map([["post", String(end.body["name"])]]))).toEqual([]);
});

test("json-server: a write past the gateway is found and named", async () => {
  const { etag } = await call("GET", "/blog/posts/2");
  await fetch(`${posts.url}/posts/2`, { method: "PUT", headers: { "content-type": "application/json" }, body: '{"title":"past"}' });
  const refused = await call("PUT", "/blog/posts/2", { etag, body: { title: "mine" } });
  expect([refused.status, refused.body]).toMatchObject([412, { cause: "concurrent-modification", subcause: "by-bypass", changes: [{ op: "replace", path: "/title", value: "past" }] }]);
});

test("express-pouchdb: its revision is the tag, and a stale one never reaches it", async () => {
  expect((await call("PUT", "/couch/notes", {})).status).toBe(201);
  expect((await call("PUT", "/couch/notes/a", { body: { text: "one" } })).status).toBe(201);
  const first = await call("GET", "/couch/notes/a");
  expect(first.etag).toBe(`"${String(first.body["_rev"])}"`);
  expect((await call("PUT", "/couch/notes/a", { etag: first.etag, body: { text: "two" } })).status).toBe(201);
  expect(await call("PUT", "/couch/notes/a", { etag: first.etag, body: { text: "stale" } })).toMatchObject({ status: 412, body: { cause: "concurrent-modification" } });
  expect((await call("PUT", "/couch/notes/a", { body: { text: "blind" } })).status).toBe(428);
  const second = await call("GET", "/couch/notes/a");
  expect(second.body["text"]).toBe("two");
  expect((await call("DELETE", "/couch/notes/a", { etag: second.etag })).status).toBe(200);
  expect((await call("GET", "/couch/notes/a")).status).toBe(404);
});

test("express-pouchdb: its own bulk writes are guarded one by one, the stale ones explained in their place", async () => {
  await call("PUT", "/couch/bulk", {});
  for (const id of ["a", "b", "c"]) await call("PUT", `/couch-bulk/${id}`, { body: { text: id } });
  const revs = await Promise.all(["a", "b", "c"].map(async (id) => String((await call("GET", `/couch-bulk/${id}`)).body["_rev"])));
  expect((await call("PUT", "/couch-bulk/b", { etag: `"${revs[1]}"`, key: otherKey, body: { text: "other's" } })).status).toBe(201);
  const docs = [{ _id: "c", _rev: revs[2], _deleted: true }, { _id: "b", _rev: revs[1], text: "stale" }, { _id: "a", _rev: revs[0], text: "new" }, { _id: "d", text: "first" }];
  const { status, body } = await call("POST", "/couch-bulk/_bulk_docs", { body: { docs } });
  expect([status, body]).toMatchObject([201, [{ ok: true, id: "c" }, { id: "b", error: "concurrent-modification", problem: { cause: "concurrent-modification", current: { changedBy: "other" } } }, { ok: true, id: "a" }, { ok: true, id: "d" }]]);
  expect((await call("GET", "/couch-bulk/c")).status).toBe(404);
  expect(await Promise.all(["a", "b", "d"].map(async (id) => (await call("GET", `/couch-bulk/${id}`)).body["text"]))).toEqual(["new", "other's", "first"]);
});

/** PouchDB's own HTTP client, in the name of a consumer. */
function remote(service: string, consumerKey: string): InstanceType<typeof PouchDB> {
  return new PouchDB(`${parley.gatewayUrl}/${service}/shared-${service}`, {
    fetch: (url: string, options: RequestInit) => {
      const headers = new Headers(options.headers);
      headers.set("x-api-key", consumerKey);
      return fetch(url, { ...options, headers });
    },
  });
}

test.each(["couch-observed", "couch-enforced"])("express-pouchdb: two of PouchDB's own clients count together by its own conflicts, which stay what they are (%s)", async (service) => {
  const clients = [remote(service, key), remote(service, otherKey)] as const;
  await clients[0].put({ _id: "counter", n: 0 });
  const count = async (client: InstanceType<typeof PouchDB>): Promise<number> => {
    let conflicts = 0;
    for (let done = 0; done < 10; ) {
      const read = await client.get("counter");
      const written = await client.put({ _id: "counter", _rev: String(read._rev), n: Number(read["n"]) + 1 }).then(() => "ok", (error: { status: number; name: string }) => `${error.status} ${error.name}`);
      if (written === "ok") done += 1;
      else conflicts += 1;
      expect(["ok", "409 conflict"]).toContain(written);
    }
    return conflicts;
  };
  const conflicts = (await Promise.all(clients.map(count))).reduce((sum, one) => sum + one, 0);
  expect(await clients[0].get("counter")).toMatchObject({ n: 20 });
  if (conflicts === 0) return;
  const found = await eventually(async () => {
    const { items } = (await (await parley.admin(`/api/conflicts?service=${service}`)).json()) as { items: { upstream?: { status: number } }[] };
    return items.length > 0 ? items : undefined;
  });
  expect(found[0]).toMatchObject({ resource: `/${service}/shared-${service}/counter`, upstream: { status: 409 } });
});

test("json-server, observed: the update that two PUTs lose is found, and nothing was touched", async () => {
  const ann = await call("GET", "/blog-observed/posts/3");
  await call("GET", "/blog-observed/posts/3", { key: otherKey });
  expect(ann.etag).toMatch(/^W\//);
  expect((await call("PUT", "/blog-observed/posts/3", { key: otherKey, body: { id: 3, title: "three", text: "by other" } })).status).toBe(200);
  expect((await call("PUT", "/blog-observed/posts/3", { body: { id: 3, title: "by acme", text: "a" } })).body).toEqual({ id: 3, title: "by acme", text: "a" });
  const items = await eventually(async () => {
    const page = (await (await parley.admin("/api/conflicts?service=posts-observed&cause=lost-update")).json()) as { items: Record<string, unknown>[] };
    return page.items.length > 0 ? page.items : undefined;
  });
  expect(items).toMatchObject([{ resource: "/blog-observed/posts/3", state: "lost", consumers: ["acme", "other"], pointers: ["/text"] }]);
});

test("json-server, enforced: who sends a tag is protected, and who sends none is let through", async () => {
  const before = await call("GET", "/blog-enforced/posts/4");
  expect(before.etag).toMatch(/^"\d+-/);
  expect((await call("PUT", "/blog-enforced/posts/4", { key: otherKey, body: { id: 4, title: "four", text: "by other" } })).status).toBe(200);
  expect(await call("PUT", "/blog-enforced/posts/4", { etag: before.etag, body: { id: 4, title: "by acme", text: "a" } })).toMatchObject({ status: 412, body: { cause: "concurrent-modification", current: { changedBy: "other" } } });
  expect((await call("GET", "/blog-enforced/posts/4")).body["text"]).toBe("by other");
});
