/** Services that others wrote, behind the gateway, driven by their own clients. */
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
import mapReduce from "pouchdb-mapreduce";
import replication from "pouchdb-replication";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type TestServer, listen } from "../harness/test-server.ts";

const PouchDB = PouchCore.plugin(memoryAdapter).plugin(httpAdapter).plugin(mapReduce).plugin(replication);
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
  blog.use(jsonServer.router({ posts: [{ id: 1, title: "first" }] }));
  posts = await listen(createServer(blog));
  parley = await startParley({
    yaml: `services:
  couch: { path: /couch, upstream: { targets: [{ url: "${couch.url}/db" }] } }
  posts: { path: /blog, upstream: { targets: [{ url: "${posts.url}" }] } }
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

/** PouchDB's own HTTP client, with the gateway's key in a header. */
function remote(name: string): InstanceType<typeof PouchDB> {
  return new PouchDB(`${parley.gatewayUrl}/couch/${name}`, {
    fetch: (url: string, options: RequestInit) => {
      const headers = new Headers(options.headers);
      headers.set("x-api-key", key);
      return fetch(url, { ...options, headers });
    },
  });
}

test("express-pouchdb: documents, revisions and its own conflicts pass through unchanged", async () => {
  const notes = remote("notes");
  const first = await notes.put({ _id: "a", text: "one" });
  expect(await notes.get("a")).toMatchObject({ _id: "a", text: "one", _rev: first.rev });
  await expect(notes.put({ _id: "a", text: "unaware" })).rejects.toMatchObject({ status: 409, name: "conflict" });
  const second = await notes.put({ _id: "a", _rev: first.rev, text: "two" });
  expect(second.rev).toMatch(/^2-/);
  await expect(notes.get("nowhere")).rejects.toMatchObject({ status: 404 });
});

test("express-pouchdb: replication runs through the gateway in both directions", async () => {
  const local = new PouchDB("near-side", { adapter: "memory" });
  const far = remote("replicated");
  await far.bulkDocs(Array.from({ length: 50 }, (_, index) => ({ _id: `far-${index}`, body: "x".repeat(2_000) })));
  expect((await local.replicate.from(far)).docs_written).toBe(50);
  await local.put({ _id: "near", text: "written here" });
  expect((await local.replicate.to(far)).docs_written).toBe(1);
  expect((await far.allDocs({ include_docs: true })).total_rows).toBe(51);
  await local.destroy();
});

test("express-pouchdb: a live feed of changes comes through as it happens", async () => {
  const notes = remote("watched");
  await notes.put({ _id: "before" });
  const seen: string[] = [];
  const changes = notes.changes({ live: true, since: "now" }).on("change", (change) => seen.push(change.id));
  // The feed is there once something that is written again and again shows up in it.
  let written = 0;
  await eventually(async () => {
    await notes.put({ _id: `after-${written++}` });
    return seen.length > 0;
  });
  changes.cancel();
  expect(seen[0]).toMatch(/^after-/);
});

test("json-server: create, change, filter and delete by plain HTTP", async () => {
  const blog = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${parley.gatewayUrl}/blog${path}`, { ...init, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } });
  const created = await blog("/posts", { method: "POST", body: JSON.stringify({ title: "second" }) });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { id: number };
  expect((await blog(`/posts/${id}`, { method: "PATCH", body: JSON.stringify({ title: "changed" }) })).status).toBe(200);
  expect(await (await blog("/posts?title=changed")).json()).toEqual([{ id, title: "changed" }]);
  expect((await blog(`/posts/${id}`, { method: "DELETE" })).status).toBe(200);
  expect((await blog(`/posts/${id}`)).status).toBe(404);
});
