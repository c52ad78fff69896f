/**
 * The client library as an application uses it: in two pages of a real browser on another origin than the gateway's, and in Node
 * before a server that others wrote and that knows nothing of Parley. What its README says of each call is seen from outside.
 */
import express from "express";
import expressPouchdb from "express-pouchdb";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join, normalize, resolve } from "node:path";
import PouchCore from "pouchdb-core";
import memoryAdapter from "pouchdb-adapter-memory";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createClient } from "@parley/client";
import { type DocumentUpstream, documentUpstream } from "../harness/document-upstream.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen, type TestServer } from "../harness/test-server.ts";
import { launch, openPage } from "./browser.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const packages = resolve(import.meta.dirname, "../../packages");
const keys = { ann: "ann-key-0123456789", bob: "bob-key-0123456789" };

/** The library as it is, without its types: nothing is bundled, and nothing of Node's is there. `kept` is on the application's own origin. */
function startApplication(kept: Map<string, string>): Promise<TestServer> {
  const page = `<!doctype html><html lang="en"><head><link rel="icon" href="data:,"><script type="importmap">{"imports":{"@parley/merge":"/merge/src/index.ts"}}</script>
<script type="module">import * as library from "/client/src/index.ts"; window.library = library;</script><title>application</title></head></html>`;
  return listen(
    createServer((request, response) => {
      const path = normalize(request.url ?? "/");
      if (path.startsWith("/kept/")) return answerKept(kept, { request, response });
      if (!path.endsWith(".ts")) return void response.writeHead(200, { "Content-Type": "text/html" }).end(page);
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(stripTypeScriptTypes(readFileSync(join(packages, path), "utf8")));
    }),
  );
}

/** As a server of files does: a date of long ago and no word about caching, so that a browser keeps the answer for hours (RFC 9111 §4.2.2). */
function answerKept(kept: Map<string, string>, { request, response }: { request: IncomingMessage; response: ServerResponse }): void {
  const path = request.url ?? "";
  const now = kept.get(path) ?? "";
  const etag = `"${Buffer.from(now).toString("base64url")}"`;
  if (request.method === "GET") return void response.writeHead(200, { "Content-Type": "application/json", "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", ETag: etag }).end(now);
  let body = "";
  request.setEncoding("utf8").on("data", (part: string) => { body += part; });
  request.on("end", () => {
    const isCurrent = request.headers["if-match"] === etag;
    if (isCurrent) kept.set(path, body);
    response.writeHead(isCurrent ? 204 : 412).end();
  });
}

describe("in a browser, before the gateway", () => {
  let upstream: DocumentUpstream;
  let application: TestServer;
  const kept = new Map<string, string>();
  let parley: Parley;
  let browser: Browser;
  let complaints: string[] = [];
  beforeAll(async () => {
    upstream = await documentUpstream();
    application = await startApplication(kept);
    parley = await startParley({
      yaml: `services:
  notes:
    path: /notes
    upstream: { targets: [{ url: "${upstream.url}" }] }
    conflict: { mode: require }
    cors:
      origins: ["${application.url}"]
      methods: [GET, PUT, POST, PATCH, DELETE, LOCK, UNLOCK]
      headers: [authorization, content-type, if-match, if-none-match, idempotency-key, lock-token, timeout, prefer]
      expose: [location]
consumers:
  ann: { keys: [{ name: default, secret: ${keys.ann} }] }
  bob: { keys: [{ name: default, secret: ${keys.bob} }] }
`,
    });
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await parley[Symbol.asyncDispose]();
    await application.close();
    await upstream.close();
  });

  /** A tab of one person's, with a client of its own. */
  async function tab(who: keyof typeof keys): Promise<Page> {
    const opened = await openPage(browser, { baseUrl: application.url });
    complaints = opened.complaints;
    await opened.page.goto("/");
    await opened.page.waitForFunction("window.library !== undefined");
    await opened.page.evaluate(`window.client = library.createClient({ baseUrl: ${JSON.stringify(parley.gatewayUrl)}, headers: { Authorization: "Bearer ${keys[who]}" } })`);
    return opened.page;
  }

  test("two tabs that count together lose nothing", async () => {
    upstream.documents.set("/counter", { n: 0 });
    const tabs = [await tab("ann"), await tab("bob")];
    const count = "(async () => { for (let done = 0; done < 8; done += 1) await client.update('/notes/counter', (it) => ({ ...it, n: it.n + 1 })); })()";
    await Promise.all(tabs.map((page) => page.evaluate(count)));
    expect(upstream.documents.get("/counter")).toEqual({ n: 16 });
    for (const page of tabs) await page.context().close();
  });

  test("what two people edited apart is merged, and what they edited both is shown to the second", async () => {
    upstream.documents.set("/7", { title: "plan", shade: "red" });
    const [ann, bob] = [await tab("ann"), await tab("bob")];
    for (const page of [ann, bob]) await page.evaluate("(async () => { window.note = (await client.read('/notes/7')).value; })()");
    await bob.evaluate("client.replace('/notes/7', { ...note, shade: 'blue' }).then(() => null)");
    await ann.evaluate("client.replace('/notes/7', { ...note, title: 'Plan B' }).then(() => null)");
    expect(upstream.documents.get("/7")).toEqual({ title: "Plan B", shade: "blue" });
    for (const page of [ann, bob]) await page.evaluate("(async () => { window.note = (await client.read('/notes/7')).value; })()");
    await bob.evaluate("client.replace('/notes/7', { ...note, title: 'Bobs' }).then(() => null)");
    const refused = await ann.evaluate("client.replace('/notes/7', { ...note, title: 'Anns' }).then(() => null, (error) => ({ isMerge: error instanceof library.MergeConflictError, isParley: error instanceof library.ParleyError, conflicts: error.conflicts, current: error.current }))");
    expect(refused).toMatchObject({ isMerge: true, isParley: true, conflicts: [{ pointer: "/title", base: "Plan B", theirs: "Bobs", yours: "Anns" }], current: { title: "Bobs" } });
    for (const page of [ann, bob]) await page.context().close();
  });

  test("what the browser has kept of a server that says nothing about caching is never what a change is made from", async () => {
    kept.set("/kept/7", '{"n":1}');
    const ann = await tab("ann");
    await ann.evaluate("void (window.plain = library.createClient({ baseUrl: location.origin, deadlineMs: 20000 }))");
    // The application's own read fills the browser's cache.
    expect(await ann.evaluate("(async () => (await (await fetch('/kept/7')).json()).n)()")).toBe(1);
    kept.set("/kept/7", '{"n":5}');
    expect(await ann.evaluate("(async () => (await (await fetch('/kept/7')).json()).n)()"), "the browser keeps it").toBe(1);
    expect(await ann.evaluate("plain.update('/kept/7', (it) => ({ n: it.n + 1 })).then(({ value }) => value.n, (error) => error.message)")).toBe(6);
    expect(kept.get("/kept/7")).toBe('{"n":6}');
    await ann.context().close();
  });

  test("a lease keeps the other out until the work is done, and a create is made once", async () => {
    upstream.documents.set("/9", { steps: [] });
    const [ann, bob] = [await tab("ann"), await tab("bob")];
    await ann.evaluate("void (window.working = client.withLock('/notes/9', async (lock) => { window.fenceOfLease = lock.fence; await new Promise((resolve) => { window.finish = resolve; }); await lock.update((it) => ({ steps: [...it.steps, 'ann'] })); }))");
    await ann.waitForFunction("window.finish !== undefined");
    const late = bob.evaluate("client.update('/notes/9', (it) => ({ steps: [...it.steps, 'bob'] })).then(() => 'done')");
    expect(await bob.evaluate(`library.createClient({ baseUrl: ${JSON.stringify(parley.gatewayUrl)}, headers: { Authorization: "Bearer ${keys.bob}" }, deadlineMs: 500 }).update('/notes/9', (it) => it && ({ ...it, x: 1 })).then(() => 'through', (error) => error instanceof library.LockedError && error.problem.holder)`)).toBe("ann");
    await ann.evaluate("(async () => { finish(); await working; })()");
    expect([await late, upstream.documents.get("/9")]).toEqual(["done", { steps: ["ann", "bob"] }]);
    expect(await ann.evaluate("typeof fenceOfLease")).toBe("number");
    const created = await ann.evaluate("client.create('/notes/new', { title: 'new' }).then(({ response }) => response.status)");
    expect(created).toBeLessThan(300);
    // The browser itself notes each refusal that the library then deals with.
    expect(complaints.filter((text) => !/status of 4(?:09|12|23)/.test(text))).toEqual([]);
    for (const page of [ann, bob]) await page.context().close();
  });
});

describe("in Node, before a server that others wrote", () => {
  let couch: TestServer;
  beforeAll(async () => {
    const app = express();
    const logPath = join(mkdtempSync(join(tmpdir(), "parley-client-pouchdb-")), "log.txt");
    app.use("/", expressPouchdb(PouchCore.plugin(memoryAdapter).defaults({ adapter: "memory" }), { mode: "minimumForPouchDB", inMemoryConfig: true, logPath }));
    couch = await listen(createServer(app));
    await fetch(`${couch.url}/notes`, { method: "PUT" });
  });
  afterAll(() => couch.close());

  test("CouchDB's ETags and bare 409s: many who count together lose nothing, and a stale save is merged", async () => {
    const put = (name: string, document: object): Promise<Response> => fetch(`${couch.url}/notes/${name}`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(document) });
    await put("counter", { n: 0 });
    const clients = Array.from({ length: 4 }, () => createClient({ baseUrl: couch.url, deadlineMs: 60_000 }));
    await Promise.all(clients.map(async (client) => {
      for (let done = 0; done < 5; done += 1) await client.update<{ n: number }>("/notes/counter", (it) => ({ ...it, n: it.n + 1 }));
    }));
    expect(await (await fetch(`${couch.url}/notes/counter`)).json()).toMatchObject({ n: 20 });
    await put("7", { title: "plan", shade: "red" });
    const [client] = clients as [(typeof clients)[number], ...typeof clients];
    const { value } = await client.read<{ title: string; shade: string; _rev: string }>("/notes/7");
    expect((await put("7", { ...value, shade: "blue" })).status).toBe(201);
    await client.replace("/notes/7", { ...value, title: "Plan B" });
    expect(await (await fetch(`${couch.url}/notes/7`)).json()).toMatchObject({ title: "Plan B", shade: "blue" });
  });
});
