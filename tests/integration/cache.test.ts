/** Kept answers in the whole program with two workers: a write ends them in both, people see and forget them, and the log finds them. */
import { createServer, request } from "node:http";
import { expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";

interface Got {
  status: number;
  text: string;
  use: string;
}

/** On a connection of its own, so that any worker may get it. */
function ask(parley: Parley, method: string, path: string, body?: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(parley.gatewayUrl + path, { method, agent: false, headers: body === undefined ? {} : { "Content-Type": "application/json" } }, (response) => {
      let text = "";
      response.on("data", (piece) => (text += String(piece)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, use: String(response.headers["cache-status"]) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function all<Body>(parley: Parley, path: string): Promise<Body> {
  return (await (await parley.admin(path)).json()) as Body;
}

test("no worker gives what another has replaced; what is kept is shown, forgotten, audited and found", { timeout: 180_000 }, async () => {
  let value = 0;
  await using upstream = await listen(
    createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (piece) => (body += String(piece)));
      incoming.on("end", () => {
        if (incoming.method === "PUT") value = (JSON.parse(body) as { value: number }).value;
        response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "max-age=600" }).end(JSON.stringify({ value }));
      });
    }),
  );
  await using parley = await startParley({
    yaml: `gateway: { workers: 2 }\nservices: { notes: { path: /notes, access: open, cache: {}, conflict: { mode: enforce, strategy: last-write-wins }, upstream: { targets: [{ url: "${upstream.url}" }] } } }\n`,
  });
  await eventually(async () => (await ask(parley, "GET", "/notes/1")).use.includes("hit"), { withinMs: 60_000 });
  let acknowledged = 0;
  let seen = 0;
  let hits = 0;
  let isOver = false;
  const wrong: string[] = [];
  const reading = Array.from({ length: 6 }, async () => {
    while (!isOver) {
      const least = Math.max(acknowledged, seen);
      const got = await ask(parley, "GET", "/notes/1");
      const found = (JSON.parse(got.text) as { value: number }).value;
      if (found < least) wrong.push(`${found} after ${least} (${got.use})`);
      if (got.use.includes("hit")) hits += 1;
      seen = Math.max(seen, found);
    }
  });
  for (let next = 1; next <= 100; next += 1) {
    const before = hits;
    expect((await ask(parley, "PUT", "/notes/1", JSON.stringify({ value: next }))).status).toBe(200);
    acknowledged = next;
    await eventually(() => hits > before + 1, { withinMs: 30_000 });
  }
  isOver = true;
  await Promise.all(reading);
  expect(wrong).toEqual([]);
  // The hits of the last round may all have been on their way before its write.
  await eventually(async () => (await ask(parley, "GET", "/notes/1")).use.includes("hit"));

  const { items } = await all<{ items: { service: string; answers: number; hitShare: number; reads: { hit: number } }[] }>(parley, "/api/cache");
  expect(items).toMatchObject([{ service: "notes" }]);
  expect(items[0]?.answers).toBeGreaterThan(0);
  expect(items[0]?.reads.hit).toBeGreaterThanOrEqual(hits);
  const purged = await parley.admin("/api/cache?service=notes&path=/notes/1", { method: "DELETE" });
  expect([purged.status, await purged.json()]).toEqual([200, { answers: items[0]?.answers, workers: 2 }]);
  expect((await ask(parley, "GET", "/notes/1")).use).toContain("uri-miss");
  expect((await parley.admin("/api/cache?service=nobody", { method: "DELETE" })).status).toBe(404);
  expect((await parley.admin("/api/cache?path=notes", { method: "DELETE" })).status).toBe(400);
  const audit = await all<{ items: { kind: string; name: string; action: string }[] }>(parley, "/api/audit?kind=cache");
  expect(audit.items).toMatchObject([{ kind: "cache", name: "notes", action: "delete" }]);
  const found = async (): Promise<string[]> => (await all<{ items: { cache: string }[] }>(parley, `/api/calls?query=${encodeURIComponent("cache:hit")}`)).items.map(({ cache }) => cache);
  await eventually(async () => (await found()).length > 10, { withinMs: 30_000 });
  expect(new Set(await found())).toEqual(new Set(["hit"]));
  await eventually(async () => /parley_cache_reads_total\{service="notes",cache="hit",worker="[01]"\} \d+/.test(await (await parley.admin("/metrics")).text()));
});
