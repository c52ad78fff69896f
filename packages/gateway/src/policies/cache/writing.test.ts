/** What writes do to what is kept: through the service, through the guard, past the gateway, and in another worker. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { startUpstream } from "../../main/upstream-under-test.ts";
import { startGateway } from "../../main/gateway-under-test.ts";
import { get, startScene } from "./cache.test-support.ts";
import { Caches } from "./caches.ts";
import { CachePeers } from "./peers/cache-peers.ts";
import { AnswerCache } from "./store/answer-cache.ts";

const settings = { timeout: 30_000 };
const fresh = { "Cache-Control": "max-age=600" };

/** Reads answer how many requests there were; writes what `written` says. */
function things(written: { status?: number; headers?: Record<string, string> } = {}, cache: Parameters<typeof startScene>[1] = {}) {
  return startScene((request, response, count) => {
    if (request.method === "GET") return void response.writeHead(200, fresh).end(`read ${count}`);
    response.writeHead(written.status ?? 200, written.headers ?? {}).end();
  }, cache);
}

const all = ["/things", "/things?page=2", "/things/1", "/things/1?view=x", "/things/1/parts", "/things/1/parts/2", "/things/2", "/things/2/parts"];

it.each<[invalidates: "resource" | "related" | "service", method: string, path: string, answer: { status: number; gone: string[] }]>([
  ["resource", "PUT", "/things/1", { status: 200, gone: ["/things/1", "/things/1?view=x"] }],
  ["resource", "PUT", "/things/1?view=x", { status: 200, gone: ["/things/1", "/things/1?view=x"] }],
  ["resource", "PUT", "/%74hings/%31", { status: 200, gone: ["/things/1", "/things/1?view=x"] }],
  ["related", "PUT", "/things/1", { status: 204, gone: ["/things", "/things?page=2", "/things/1", "/things/1?view=x", "/things/1/parts", "/things/1/parts/2"] }],
  ["related", "DELETE", "/things/1", { status: 200, gone: ["/things", "/things?page=2", "/things/1", "/things/1?view=x", "/things/1/parts", "/things/1/parts/2"] }],
  ["related", "PATCH", "/things/1/parts/2", { status: 200, gone: ["/things", "/things?page=2", "/things/1", "/things/1?view=x", "/things/1/parts", "/things/1/parts/2"] }],
  ["related", "POST", "/things", { status: 201, gone: ["/things", "/things?page=2"] }],
  ["related", "MERGE", "/things/2", { status: 200, gone: ["/things", "/things?page=2", "/things/2", "/things/2/parts"] }],
  ["service", "POST", "/things/2", { status: 200, gone: all }],
  ["related", "PUT", "/things/1", { status: 422, gone: [] }],
  ["related", "PUT", "/things/1", { status: 403, gone: [] }],
  ["resource", "PUT", "/things/1", { status: 500, gone: ["/things/1", "/things/1?view=x"] }],
  ["resource", "PUT", "/things/1", { status: 412, gone: ["/things/1", "/things/1?view=x"] }],
  ["related", "OPTIONS", "/things/1", { status: 200, gone: [] }],
])("§4.4: with `%s`, %s %s %j puts out of date what it should and no more", settings, async (invalidates, method, path, { status, gone }) => {
  await using scene = await things({ status }, { invalidates });
  for (const one of all) await get(scene.url + one);
  expect((await get(scene.url + path, {}, method)).use).toBe("fwd=method");
  const asked: string[] = [];
  for (const one of all) if ((await get(scene.url + one)).use !== "hit") asked.push(one);
  expect(asked).toEqual(gone);
});

it("a write that also offers to switch protocols puts out of date what any other does", settings, async () => {
  await using scene = await things();
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`, { Connection: "Upgrade", Upgrade: "websocket" }, "DELETE")).status).toBe(200);
  expect((await get(`${scene.url}/things/1`)).use).toBe("fwd=uri-miss; fwd-status=200; stored");
});

it("§4.4: an address in full is of the write's own origin where it has the host that the caller used", settings, async () => {
  await using scene = await startScene((request, response, count) => {
    if (request.method === "GET") return void response.writeHead(200, fresh).end(`read ${count}`);
    const host = String(request.headers["x-forwarded-host"]);
    response.writeHead(201, { Location: `https://${host}/things/7`, "Content-Location": `http://${host}0/things/8` }).end();
  }, { invalidates: "resource" });
  for (const id of [7, 8]) await get(`${scene.url}/things/${id}`);
  await get(`${scene.url}/things`, {}, "POST");
  expect([(await get(`${scene.url}/things/7`)).use, (await get(`${scene.url}/things/8`)).use]).toEqual(["fwd=uri-miss; fwd-status=200; stored", "hit"]);
});

it("§4.4: what the answer to a write points to is out of date, of its own origin and service only", settings, async () => {
  await using scene = await things({ status: 201, headers: { Location: "/things/7", "Content-Location": "http://elsewhere.example/things/8" } }, { invalidates: "resource" });
  for (const id of [7, 8]) await get(`${scene.url}/things/${id}`);
  await get(`${scene.url}/things`, {}, "POST");
  expect([(await get(`${scene.url}/things/7`)).use, (await get(`${scene.url}/things/8`)).use]).toEqual(["fwd=uri-miss; fwd-status=200; stored", "hit"]);
});

it("§4.4: what the answer to a write points to by the path of its version is the same resource in the others", settings, async () => {
  const versions = { versions: { select: { by: "path" as const, default: "v2" }, list: { v1: {}, v2: {} } } };
  await using scene = await startScene((request, response, count) => {
    if (request.method === "GET") return void response.writeHead(200, fresh).end(`read ${count}`);
    response.writeHead(201, { Location: "/7" }).end();
  }, { invalidates: "resource" }, versions);
  for (const path of ["/things/7", "/things/v1/7"]) await get(scene.url + path);
  expect((await get(`${scene.url}/things/v1`, {}, "POST")).headers.get("location")).toBe("/things/v1/7");
  expect((await get(`${scene.url}/things/7`)).use).toBe("fwd=uri-miss; fwd-status=200; stored");
});

it("nothing is kept of paths so long that a write to them could not be told of", settings, async () => {
  await using scene = await things();
  for (const path of [`/things/${"x".repeat(1_000)}`, `/things/${"x".repeat(1_100)}`, `/things${"/x".repeat(100)}`]) await get(scene.url + path);
  const uses = async (): Promise<string[]> => Promise.all([`/things/${"x".repeat(1_000)}`, `/things/${"x".repeat(1_100)}`, `/things${"/x".repeat(100)}`].map(async (path) => (await get(scene.url + path)).use));
  expect(await uses()).toEqual(["hit", "fwd=request", "fwd=uri-miss; fwd-status=200"]);
  for (const path of [`/things/${"x".repeat(1_100)}`, `/things${"/x".repeat(2_000)}`]) expect((await get(scene.url + path, {}, "PUT")).status).toBe(200);
  expect((await uses())[0]).toBe("hit");
});

it("is out of date for all consumers, whoever wrote", settings, async () => {
  await using scene = await startScene((request, response, count) => response.writeHead(200, request.method === "GET" ? fresh : {}).end(`read ${count}`), {}, { access: "key" });
  const [acme, umbrella] = [{ "x-api-key": "key-of-acme-0001" }, { "x-api-key": "key-of-umbrella-1" }];
  for (const headers of [acme, umbrella]) await get(`${scene.url}/things/1`, headers);
  await get(`${scene.url}/things/1`, acme, "PUT");
  for (const headers of [acme, umbrella]) expect((await get(`${scene.url}/things/1`, headers)).use).toContain("uri-miss");
});

it("an answer that was on its way when a write ended is not kept", settings, async () => {
  let release: (() => void) | null = null;
  let state = "before";
  await using scene = await startScene((request, response) => {
    if (request.method === "PUT") {
      state = "after";
      return void response.writeHead(200).end();
    }
    const said = state;
    const answer = (): void => void response.writeHead(200, fresh).end(said);
    if (said === "before") release = answer;
    else answer();
  });
  const slow = get(`${scene.url}/things/1`);
  await vi.waitFor(() => expect(release).not.toBeNull());
  await get(`${scene.url}/things/1`, {}, "PUT");
  expect((await get(`${scene.url}/things/1`)).text).toBe("after");
  (release as unknown as () => void)();
  expect((await slow).text).toBe("before");
  expect((await get(`${scene.url}/things/1`)).text).toBe("after");
});

it("while a write is on its way nobody gets what is kept; after one that nobody answered nothing is kept for a while", settings, async () => {
  let isWriting = false;
  await using scene = await startScene((request, response, count) => {
    if (request.method === "GET") return void response.writeHead(200, fresh).end(`read ${count}`);
    isWriting = true;
    setTimeout(() => response.socket?.destroy(), 300);
  });
  await get(`${scene.url}/things/1`);
  const writing = get(`${scene.url}/things/1`, {}, "PUT");
  await vi.waitFor(() => expect(isWriting).toBe(true));
  expect((await get(`${scene.url}/things/1`)).use).toBe("fwd=bypass; detail=write");
  expect((await writing).status).toBe(502);
  expect((await get(`${scene.url}/things/1`)).use).toBe("fwd=bypass; detail=write");
  await get(`${scene.url}/things/2`);
  expect((await get(`${scene.url}/things/2`)).use).toBe("hit");
});

/** One resource whose every write is told apart, and readers and writers who press on it; what each saw, and when. */
async function press(url: string, { readers, rounds }: { readers: number; rounds: number }, write: (value: number) => Promise<number>): Promise<string[]> {
  const wrong: string[] = [];
  let acknowledged = 0;
  let seen = 0;
  let isOver = false;
  let reads = 0;
  const reading = Array.from({ length: readers }, async () => {
    while (!isOver) {
      const least = Math.max(acknowledged, seen);
      const got = await get(url);
      if (got.status !== 200) continue;
      const value = Number((JSON.parse(got.text) as { value: number }).value);
      if (value < least) wrong.push(`${value} after ${least} (${got.use})`);
      reads += 1;
      seen = Math.max(seen, value);
    }
  });
  for (let value = 1; value <= rounds; value += 1) {
    if ((await write(value)) < 300) acknowledged = value;
    const before = reads;
    await vi.waitFor(() => expect(reads).toBeGreaterThan(before + 2 * readers), { timeout: 10_000, interval: 1 });
  }
  isOver = true;
  await Promise.all(reading);
  return wrong;
}

it.each(["off", "observe", "enforce"] as const)("no read goes back behind what was written or seen, with the guard at %s", { timeout: 60_000 }, async (mode) => {
  let value = 0;
  const upstream = await startUpstream((request, response, body) => {
    if (request.method === "PUT") {
      return void setTimeout(() => {
        value = (JSON.parse(body) as { value: number }).value;
        setTimeout(() => response.writeHead(200).end(), Math.random() * 5);
      }, Math.random() * 5);
    }
    const said = JSON.stringify({ value });
    setTimeout(() => response.writeHead(200, { ...fresh, "Content-Type": "application/json" }).end(said), Math.random() * 5);
  });
  const gateway = await startGateway({ services: { things: { path: "/things", access: "open", upstream: { targets: [{ url: upstream.url }] }, cache: {}, conflict: { mode, strategy: "last-write-wins" } } } }, { ledger: true });
  const url = `${gateway.url}/things/1`;
  const write = async (next: number): Promise<number> => (await fetch(url, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ value: next }) })).status;
  expect(await press(url, { readers: 6, rounds: 60 }, write)).toEqual([]);
  const records = await gateway.stop();
  expect(records.filter(({ cache }) => cache === "hit").length).toBeGreaterThan(20);
  expect(records.filter(({ method, status }) => method === "PUT" && status < 300)).toHaveLength(60);
  await upstream.close();
});

it("the guard looks at the service and not at what is kept, and its tags hold on kept answers", settings, async () => {
  let document = { title: "one" };
  const upstream = await startUpstream((request, response, body) => {
    if (request.method === "PUT") document = JSON.parse(body) as typeof document;
    response.writeHead(200, { ...fresh, "Content-Type": "application/json" }).end(JSON.stringify(document));
  });
  const gateway = await startGateway({ services: { things: { path: "/things", access: "open", upstream: { targets: [{ url: upstream.url }] }, cache: {}, conflict: { mode: "require" } } } }, { ledger: true });
  const url = `${gateway.url}/things/1`;
  const first = await get(url);
  const again = await get(url);
  expect([again.use, again.headers.get("etag")]).toEqual(["hit", first.headers.get("etag")]);
  expect((await get(url, { "If-None-Match": String(first.headers.get("etag")) })).status).toBe(304);
  const put = (title: string, etag: string): Promise<Response> => fetch(url, { method: "PUT", headers: { "Content-Type": "application/json", "If-Match": etag }, body: JSON.stringify({ title }) });
  expect((await put("two", String(first.headers.get("etag")))).status).toBe(200);
  expect(JSON.parse((await get(url)).text)).toEqual({ title: "two" });
  // Past the gateway: what is kept is out of date, and the guard sees through it.
  const kept = await get(url);
  document = { title: "three" };
  const refused = await put("four", String(kept.headers.get("etag")));
  expect([kept.use, refused.status]).toEqual(["hit", 412]);
  await vi.waitFor(async () => expect(JSON.parse((await get(url)).text)).toEqual({ title: "three" }), 10_000);
  await gateway.stop();
  await upstream.close();
});

it("a new configuration of the service begins with nothing", settings, async () => {
  await using scene = await things();
  await get(`${scene.url}/things/1`);
  const { snapshotOf } = await import("../../main/gateway-under-test.ts");
  await scene.gateway.gateway.replaceSnapshot(snapshotOf({ services: { things: { path: "/things", access: "open", upstream: { targets: [{ url: scene.upstream.url }] }, cache: { ttl: "1m" }, conflict: { mode: "off" } } } }, 2));
  expect((await get(`${scene.url}/things/1`)).use).toBe("fwd=uri-miss; fwd-status=200; stored");
});

it("several workers: a write is over when all have heard of it; without one of them nothing is kept", settings, async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-cache-"));
  const worker = (number: number): { peers: CachePeers; caches: Caches; answers: AnswerCache } => {
    const peers = new CachePeers({ worker: number, workers: 3, socketOf: (one) => join(directory, `${one}.sock`), warn: () => {} });
    const caches = new Caches({ peers });
    const answers = new AnswerCache(1_000_000);
    caches.register("things", answers);
    peers.start();
    return { peers, caches, answers };
  };
  const workers = [worker(0), worker(1), worker(2)] as const;
  await vi.waitFor(() => expect(workers.map(({ caches }) => caches.isWhole)).toEqual([true, true, true]), 10_000);
  const effects = [{ path: "/things/1", below: true }];
  let outdated = 0;
  for (const { answers } of workers) answers.tree.put("/things/1/parts", { outdated: () => (outdated += 1) });
  const { write, ready } = workers[0].caches.begin("things", effects);
  await ready;
  expect(workers.map(({ answers }) => answers.tree.isQuiet("/things/1"))).toEqual([false, false, false]);
  await workers[0].caches.end("things", write, effects);
  expect([outdated, ...workers.map(({ answers }) => answers.tree.isQuiet("/things/1"))]).toEqual([3, true, true, true]);
  await workers[2].caches.begin("things", effects).ready;
  workers[2].peers.close();
  await vi.waitFor(() => expect(workers.slice(0, 2).map(({ caches }) => caches.isWhole)).toEqual([false, false]), 10_000);
  expect(workers.slice(0, 2).map(({ answers }) => answers.tree.isQuiet("/things/1"))).toEqual([true, true]);
  await workers[0].caches.end("things", 99, effects);
  workers[0].peers.close();
  workers[1].peers.close();
  rmSync(directory, { recursive: true });
});
