/** Services that others wrote, guarded: one that has only weak tags and compares nothing, one that compares revisions of its own. */
import express from "express";
import expressPouchdb from "express-pouchdb";
import jsonServer from "json-server";
import { createServer } from "node:http";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PouchCore from "pouchdb-core";
import memoryAdapter from "pouchdb-adapter-memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findLostUpdates } from "../history-checker/lost-updates.ts";
import type { NamedWrite } from "../history-checker/history.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type TestServer, listen } from "../harness/test-server.ts";

const PouchDB = PouchCore.plugin(memoryAdapter);
const key = "acme-key-0123456789";

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
  blog.use(jsonServer.router({ posts: [{ id: 1, name: "start", n: 0 }, { id: 2, title: "two" }] }));
  posts = await listen(createServer(blog));
  parley = await startParley({
    yaml: `services:
  couch: { path: /couch, upstream: { targets: [{ url: "${couch.url}/db" }] }, conflict: { mode: require, validator: "adapter:couchdb" } }
  posts: { path: /blog, upstream: { targets: [{ url: "${posts.url}" }] }, conflict: { mode: require } }
consumers:
  acme: { keys: [{ name: default, secret: ${key} }] }
`,
  });
});

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await couch.close();
  await posts.close();
});

async function call(method: string, path: string, init: { body?: unknown; etag?: string | null } = {}): Promise<{ status: number; etag: string | null; body: Record<string, unknown> }> {
  const headers: Record<string, string> = { "x-api-key": key, "content-type": "application/json" };
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
