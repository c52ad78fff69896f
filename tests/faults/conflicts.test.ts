/** Guarded writes when processes die, and what people see of conflicts, on the real program. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type TestServer, listen } from "../harness/test-server.ts";

const keys = { ann: "ann-key-0123456789", bob: "bob-key-0123456789" };

let upstream: TestServer;
let parley: Parley;
const kept = new Map<string, string>();
/** Set by a test that wants to decide when and whether a write is answered. */
let onWrite: ((request: IncomingMessage, response: ServerResponse, body: string) => void) | null = null;

beforeAll(async () => {
  upstream = await listen(
    createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        const path = request.url ?? "";
        if (request.method === "GET") {
          const document = kept.get(path);
          response.writeHead(document === undefined ? 404 : 200, { "Content-Type": "application/json" }).end(document);
        } else if (onWrite) onWrite(request, response, body);
        else {
          kept.set(path, body);
          response.writeHead(204).end();
        }
      });
    }),
  );
  parley = await startParley({
    yaml: `services:
  notes: { path: /notes, upstream: { targets: [{ url: "${upstream.url}" }] }, conflict: { mode: require, locks: { delay: 1s } } }
  drafts: { path: /drafts, upstream: { targets: [{ url: "${upstream.url}" }] } }
consumers:
  ann: { keys: [{ name: default, secret: ${keys.ann} }] }
  bob: { keys: [{ name: default, secret: ${keys.bob} }] }
`,
  });
});

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await upstream.close();
});

function call(who: keyof typeof keys, method: string, path: string, init: { etag?: string | null; body?: unknown; headers?: Record<string, string> } = {}): Promise<Response> {
  const headers: Record<string, string> = { "x-api-key": keys[who], "content-type": "application/json", ...init.headers };
  if (init.etag) headers["if-match"] = init.etag;
  return fetch(parley.gatewayUrl + path, { method, headers, ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }) });
}

const etagOf = async (path: string): Promise<string | null> => (await call("ann", "GET", path)).headers.get("etag");
const conflicts = async (query: string): Promise<Record<string, unknown>[]> => ((await (await parley.admin(`/api/conflicts?${query}`)).json()) as { items: Record<string, unknown>[] }).items;

/** A gateway that is busy is left out of a scrape. */
const measured = (line: RegExp): Promise<unknown> => eventually(async () => line.test(await (await fetch(`${parley.adminUrl}/metrics`)).text()), { what: () => `metrics with ${line.source}` });

describe("what people see", () => {
  test("a refused write is listed by service and cause, opens by its id, and is counted", async () => {
    kept.set("/seen", '{"n":1}');
    const etag = await etagOf("/notes/seen");
    kept.set("/seen", '{"n":2}');
    const refused = await call("ann", "PUT", "/notes/seen", { etag, body: { n: 3 } });
    expect(refused.status).toBe(412);
    const { instance } = (await refused.json()) as { instance: string };
    await eventually(async () => (await conflicts("service=notes&cause=concurrent-modification")).length > 0);
    const [item] = await conflicts("service=notes&cause=concurrent-modification");
    expect(item).toMatchObject({ service: "notes", resource: "/notes/seen", cause: "concurrent-modification", consumers: ["ann", "bypass"], status: 412 });
    expect(instance.endsWith(String(item?.["id"]))).toBe(true);
    expect(await (await parley.admin(`/api/conflicts/${String(item?.["id"])}`)).json()).toEqual(item);
    expect((await parley.admin("/api/conflicts/00000000000000000000000000000000")).status).toBe(404);
    expect(await conflicts("service=other")).toEqual([]);
    await measured(/parley_conflicts_total\{service="notes",cause="concurrent-modification",worker="0"\} 1/);
    await measured(/parley_ledger_entries\{kind="conflicts"\} \d+/);
  });

  test("a service that nobody configured for it is observed: overlapping edits live, lost updates on record", async () => {
    kept.set("/d", '{"title":"one","shade":"red"}');
    await (await call("ann", "GET", "/drafts/d")).text();
    await (await call("bob", "GET", "/drafts/d")).text();
    await call("bob", "PUT", "/drafts/d", { body: { title: "two", shade: "red" } });
    await eventually(async () => (await conflicts("state=potential&service=drafts")).length > 0);
    expect(await conflicts("state=potential&service=drafts")).toMatchObject([{ state: "potential", resource: "/drafts/d", consumers: ["ann", "bob"], pointers: ["/title"] }]);
    await measured(/parley_overlapping_edits\{service="drafts",worker="0"\} 1/);
    await call("ann", "PUT", "/drafts/d", { body: { title: "one", shade: "blue" } });
    await eventually(async () => (await conflicts("cause=lost-update")).length > 0);
    expect(await conflicts("cause=lost-update")).toMatchObject([{ service: "drafts", state: "lost", consumers: ["ann", "bob"], pointers: ["/title"] }]);
    const guarantees = (await (await parley.admin("/api/guarantees")).json()) as { items: unknown[] };
    expect(guarantees.items).toMatchObject([{ service: "drafts", mode: "observe", level: "none" }, { service: "notes", mode: "require" }]);
  });
});

test("a write that was sent runs to its end when its client goes away, and the next one sees it", async () => {
  kept.set("/left", '{"n":1}');
  const etag = await etagOf("/notes/left");
  const leaving = new AbortController();
  const answered = new Promise<void>((resolve) => {
    onWrite = (_request, response, body) => {
      onWrite = null;
      leaving.abort();
      setImmediate(() => {
        kept.set("/left", body);
        response.writeHead(204).end();
        resolve();
      });
    };
  });
  const gone = fetch(`${parley.gatewayUrl}/notes/left`, { method: "PUT", signal: leaving.signal, headers: { "x-api-key": keys.ann, "if-match": String(etag), "content-type": "application/json" }, body: '{"n":2}' });
  await expect(gone).rejects.toThrow();
  await answered;
  const { headers } = await call("bob", "GET", "/notes/left");
  expect((await call("bob", "PUT", "/notes/left", { etag: headers.get("etag"), body: { n: 3 } })).status).toBe(204);
  expect(kept.get("/left")).toBe('{"n":3}');
});

test("guarded writes go on without a control plane", async () => {
  kept.set("/alone", '{"n":1}');
  parley.kill("control");
  expect((await call("ann", "PUT", "/notes/alone", { etag: await etagOf("/notes/alone"), body: { n: 2 } })).status).toBe(204);
  await eventually(async () => (await parley.admin("/healthz").catch(() => null))?.status === 200);
});

describe("kill -9 of the gateway after sending", () => {
  const killWhileSent = async (path: string, apply: boolean, headers: Record<string, string>): Promise<void> => {
    const etag = await etagOf(`/notes${path}`);
    const killed = new Promise<void>((resolve) => {
      onWrite = (request, _response, body) => {
        onWrite = null;
        if (apply) kept.set(path, body);
        request.socket.on("close", () => resolve());
        parley.kill("gateway");
      };
    });
    await expect(call("ann", "PUT", `/notes${path}`, { etag, body: { n: 2 }, headers })).rejects.toThrow();
    await killed;
    await eventually(async () => (await fetch(`${parley.gatewayUrl}/.well-known/parley/readyz`).catch(() => null))?.status === 200);
  };

  test("rests the resource, then finds out that it was applied; the key stays what nobody can answer for", async () => {
    kept.set("/applied", '{"n":1}');
    await killWhileSent("/applied", true, { "idempotency-key": '"crash"' });
    const again = await call("ann", "PUT", "/notes/applied", { etag: "*", body: { n: 2 }, headers: { "idempotency-key": '"crash"' } });
    expect([again.status, ((await again.json()) as { subcause: string }).subcause]).toEqual([409, "outcome-unknown"]);
    let status = 0;
    await eventually(async () => (status = (await call("bob", "PUT", "/notes/applied", { etag: (await call("bob", "GET", "/notes/applied")).headers.get("etag"), body: { n: 3 } })).status) === 204);
    expect(status).toBe(204);
  });

  test("finds out that it was not applied, and gives the key back", async () => {
    kept.set("/not-applied", '{"n":1}');
    const etag = await etagOf("/notes/not-applied");
    await killWhileSent("/not-applied", false, { "idempotency-key": '"crash-2"' });
    await eventually(async () => (await call("ann", "PUT", "/notes/not-applied", { etag, body: { n: 2 }, headers: { "idempotency-key": '"crash-2"' } })).status === 204, { withinMs: 15_000 });
    expect(kept.get("/not-applied")).toBe('{"n":2}');
  });
});

test("a ledger that cannot be opened stops guarded writes and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-ledger-"));
  writeFileSync(join(folder, "ledger.db"), "this is no database ".repeat(1_000));
  kept.set("/closed", '{"n":1}');
  const yaml = `services:
  notes: { path: /notes, access: open, upstream: { targets: [{ url: "${upstream.url}" }] }, conflict: { mode: require } }
  drafts: { path: /drafts, access: open, upstream: { targets: [{ url: "${upstream.url}" }] } }
`;
  await using other = await startParley({ yaml, dataDirectory: folder });
  const read = await fetch(`${other.gatewayUrl}/notes/closed`);
  expect([read.status, await read.text()]).toEqual([200, '{"n":1}']);
  expect((await fetch(`${other.gatewayUrl}/drafts/closed`, { method: "PUT", body: '{"n":2}' })).status).toBe(204);
  const refused = await fetch(`${other.gatewayUrl}/notes/closed`, { method: "PUT", headers: { "if-match": String(read.headers.get("etag")) }, body: '{"n":3}' });
  expect([refused.status, ((await refused.json()) as { cause: string }).cause]).toEqual([503, "ledger-unavailable"]);
  expect((await other.admin("/api/conflicts")).status).toBe(503);
  expect(kept.get("/closed")).toBe('{"n":2}');
  rmSync(folder, { recursive: true, force: true });
});
