import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addPerson, adminToken, signInFirst, startControl, type TestControl } from "../testing/start-control.ts";
import { eventually } from "../testing/eventually.ts";
import { TestGateway } from "../testing/test-gateway.ts";

let control: TestControl;
let gateway: TestGateway;
let sequence = 0;
beforeEach(async () => {
  control = await startControl();
  gateway = await TestGateway.connect(control.place.socket);
});
afterEach(async () => {
  gateway.close();
  await control.stop();
});

function aCall(over: Partial<CallRecord> & { id: string }): CallRecord {
  return { at: Date.now(), worker: 0, service: "notes", kind: "http", method: "GET", path: "/notes/7", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 2, attempts: 1, ...over };
}

/** Writes a segment as a gateway does: complete before it has its name. */
function seal(calls: (CallRecord | string)[]): string {
  const name = `1700000000000-0-${++sequence}.ndjson`;
  const path = join(control.place.spool, name);
  writeFileSync(`${path}.part`, calls.map((call) => `${typeof call === "string" ? call : JSON.stringify(call)}\n`).join(""));
  renameSync(`${path}.part`, path);
  return name;
}

/** Opens the call log as another process and keeps it. */
const holdCallLog = `
  import { openEmbeddedCallLog } from "${import.meta.resolve("@parley/stores/embedded/call-log")}";
  await openEmbeddedCallLog({ path: process.argv[1], onDamage: () => {} });
  console.log("held");
  setInterval(() => {}, 1000);
`;

const list = async (query = "") => (await control.call("GET", `/api/calls${query}`)).body;
const ids = async (query = "") => (await list(query)).items?.map((call) => call["id"]);

describe("the call log", () => {
  test("has a call as soon as its segment is said to be sealed, and the segment is gone", async () => {
    await eventually(async () => (await control.call("GET", "/api/calls")).status).toBe(200);
    gateway.send({ type: "sealed", segment: seal([aCall({ id: "one" })]) });
    await eventually(() => ids("?service=notes")).toEqual(["one"]);
    await eventually(() => readdirSync(control.place.spool)).toEqual([]);
    expect((await control.call("GET", "/api/calls/one")).body).toMatchObject({ id: "one", service: "notes", status: 200 });
    expect(await control.call("GET", "/api/calls/none")).toMatchObject({ status: 404, body: { code: "not-found" } });
  });

  test("shows the calls of this moment when the clock was ahead before, and those of then to whoever asks for them", async () => {
    const ahead = Date.now() + 365 * 86_400_000;
    await eventually(async () => (await control.call("GET", "/api/calls")).status).toBe(200);
    gateway.send({ type: "sealed", segment: seal([...Array.from({ length: 60 }, (_, index) => aCall({ id: `ahead${index}`, at: ahead + index })), aCall({ id: "now" })]) });
    await eventually(() => ids("?limit=50")).toEqual(["now"]);
    expect((await list(`/facets?by=status`)) as unknown).toMatchObject({ calls: 1 });
    expect(await ids(`?limit=50&to=${ahead + 2}`)).toEqual(["ahead1", "ahead0", "now"]);
    const { body } = await control.call("GET", `/api/overview?from=${Date.now() - 3_600_000}`);
    expect(body).toMatchObject({ totals: { calls: 1 } });
  });

  test("takes in what lay in the spool before the start, and what nobody told of", async () => {
    await control.drain();
    seal([aCall({ id: "before" })]);
    control = await control.restart();
    await eventually(() => ids()).toEqual(["before"]);
    seal([aCall({ id: "untold", at: Date.now() + 1 })]);
    await eventually(() => ids()).toEqual(["untold", "before"]);
  });

  test("counts in the spend what waits in the spool for more to come, as it does for every other question about calls", async () => {
    await eventually(async () => (await control.call("GET", "/api/spend")).status).toBe(200);
    gateway.send({ type: "sealed", segment: seal([aCall({ id: "waiting", kind: "ai", consumer: "acme", costUsd: 0.5, costNanoUsd: 500_000_000 })]) });
    // Of itself the log takes in so little a quarter of a minute after it was told.
    await expect.poll(async () => (await control.call("GET", "/api/spend")).body.items, { timeout: 8_000 }).toEqual([expect.objectContaining({ name: "acme", calls: 1, costUsd: 0.5 })]);
  });

  test("loses nothing that is sealed when the process is asked to end", async () => {
    seal([aCall({ id: "last" })]);
    await control.drain();
    expect(readdirSync(control.place.spool)).toEqual([]);
    control = await control.restart();
    await eventually(() => ids()).toEqual(["last"]);
  });

  test("says which lines it could not read", async () => {
    gateway.send({ type: "sealed", segment: seal(["nonsense", aCall({ id: "good" })]) });
    await eventually(() => ids()).toEqual(["good"]);
    await eventually(() => control.logged).toEqual(expect.arrayContaining([expect.objectContaining({ lines: 1 })]));
  });

  test("pages by what `next` was", async () => {
    seal(Array.from({ length: 5 }, (_, index) => aCall({ id: `c${index}`, at: 1_000 + index })));
    await eventually(async () => (await ids())?.length).toBe(5);
    const first = await list("?limit=3");
    const second = await list(`?limit=3&after=${String(first["next"])}`);
    expect([...(first.items ?? []), ...(second.items ?? [])].map((call) => call["id"])).toEqual(["c4", "c3", "c2", "c1", "c0"]);
    expect(second["next"]).toBeNull();
  });

  test("is searched in the query language; a mistake is refused with its place", async () => {
    seal([aCall({ id: "a", status: 409, cause: "lost-update", method: "PUT" }), aCall({ id: "b", durationMs: 900 }), aCall({ id: "c", consumer: "x\u001b[31m<b>" })]);
    await eventually(async () => (await ids())?.length).toBe(3);
    expect(await ids(`?query=${encodeURIComponent("cause:lost-update -method:GET")}`)).toEqual(["a"]);
    expect(await ids(`?query=${encodeURIComponent("latency:>500ms")}&service=notes`)).toEqual(["b"]);
    expect((await list("?columns=status&query=status:409")).items).toEqual([{ id: "a", at: expect.any(Number) as number, status: 409 }]);
    const refused = await control.call("GET", "/api/calls?query=statsu:409");
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid-query", errors: [{ parameter: "query", from: 0, to: 6, suggestion: "status" }] } });
    expect(await control.call("GET", "/api/calls?columns=nonsense")).toMatchObject({ status: 400, body: { code: "invalid-parameter" } });
  });

  test("counts values, each with the query that finds as many calls", async () => {
    seal([aCall({ id: "a", status: 409, consumer: 'it"s' }), aCall({ id: "b" }), aCall({ id: "c", consumer: 'it"s' })]);
    await eventually(async () => (await ids())?.length).toBe(3);
    const { body } = await control.call("GET", "/api/calls/facets?by=consumer,status&query=service:notes");
    expect(body["calls"]).toBe(3);
    const facets = body["facets"] as { field: string; absent: number; values: { value: string; calls: number; query: string }[] }[];
    expect(facets.map(({ field, absent }) => [field, absent])).toEqual([["consumer", 1], ["status", 0]]);
    for (const { values } of facets) for (const { calls, query } of values) expect((await ids(`?query=${encodeURIComponent(query)}`))?.length).toBe(calls);
    const completed = async (prefix: string) => (await control.call("GET", `/api/calls/fields?prefix=${encodeURIComponent(prefix)}`)).body.items?.map((item) => item["text"]);
    expect(await completed("-stat")).toEqual(["-status:", "-upstreamstatus:"]);
    expect(await completed("status:4")).toEqual(["status:409"]);
    expect(await completed("consumer:")).toEqual([String.raw`consumer:"it\"s"`]);
    expect(await completed("kind:")).toEqual(["kind:http", "kind:ai", "kind:websocket"]);
    expect(await completed("cause:lo")).toEqual(["cause:lost-update", "cause:locked"]);
    expect(await completed("-stream:")).toEqual(["-stream:true", "-stream:false"]);
  });

  test("is exported as a file", async () => {
    seal([aCall({ id: "a" }), aCall({ id: "b", status: 500 })]);
    await eventually(async () => (await ids())?.length).toBe(2);
    const answer = await fetch(`${control.url}/api/calls/export?format=csv&columns=status&query=status:5xx`, { headers: { authorization: `Bearer ${adminToken}` } });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="calls-\d{4}-\d\d-\d\d\.csv"$/);
    expect(await answer.text()).toMatch(/^id,at,status\r\nb,[\d.]+,500\r\n$/);
    expect((await control.call("GET", "/api/calls/export?format=pdf")).status).toBe(400);
  });

  test("that is damaged is set aside, and stops neither the start nor changes", async () => {
    await control.drain();
    writeFileSync(control.place.callLogDatabase, "not a database ".repeat(500));
    control = await control.restart();
    await eventually(async () => (await control.call("GET", "/api/calls")).body.items).toEqual([]);
    expect(control.logged).toEqual(expect.arrayContaining([expect.objectContaining({ msg: expect.stringContaining("set aside") as string })]));
  });

  test("that another process holds is 503, while everything else goes on", async () => {
    await control.drain();
    const holder = spawn(process.execPath, ["--input-type=module", "-e", holdCallLog, control.place.callLogDatabase], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    control = await control.restart();
    await eventually(async () => (await control.call("GET", "/readyz")).body["checks"]).toMatchObject({ callLog: { ok: false } });
    expect(await control.call("GET", "/api/calls")).toMatchObject({ status: 503, body: { code: "call-log-unavailable" } });
    expect(await control.call("PUT", "/api/consumers/acme", { create: true, body: { spec: {} } })).toMatchObject({ status: 201 });
    expect(await control.call("GET", "/api/consumers/acme/keys")).toMatchObject({ status: 200 });
    const released = once(holder, "exit");
    holder.kill();
    await released;
    await eventually(async () => (await control.call("GET", "/api/calls")).status).toBe(200);
  });
});

test("a key says when it was last used", async () => {
  await control.call("PUT", "/api/consumers/acme", { create: true, body: { spec: {} } });
  await control.call("POST", "/api/consumers/acme/keys", { body: { name: "default" } });
  const at = Date.now() + 1_000;
  gateway.send({ type: "sealed", segment: seal([aCall({ id: "used", at, consumer: "acme", key: "default" })]) });
  await eventually(async () => (await control.call("GET", "/api/consumers/acme/keys")).body.items?.[0]?.["lastUsedAt"]).toBe(new Date(at).toISOString());
});

describe("live calls", () => {
  /** Reads a stream's text until it holds what is looked for. */
  async function open(cookie: string, query = "", path = "/api/calls/live", headers: Record<string, string> = {}): Promise<{ until: (text: string) => Promise<string>; ended: Promise<void>; close: () => void }> {
    const abort = new AbortController();
    const response = await fetch(`${control.url}${path}${query}`, { headers: { cookie, ...headers }, signal: abort.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    let wake = (): void => undefined;
    const ended = (async () => {
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString("utf8");
        wake();
      }
    })().catch(() => undefined);
    const until = async (wanted: string): Promise<string> => {
      while (!text.includes(wanted)) await new Promise<void>((resolve) => (wake = resolve));
      return text;
    };
    return { until, ended, close: () => abort.abort() };
  }

  test("that were shown can be opened at once, before the call log has them", async () => {
    const watching = await open(await signInFirst(control));
    await watching.until("watching");
    gateway.send({ type: "calls", records: [aCall({ id: "just-now" })], dropped: 0 });
    await watching.until("just-now");
    expect(await control.call("GET", "/api/calls/just-now")).toMatchObject({ status: 200, body: { id: "just-now" } });
    watching.close();
  });

  test("come to who watches, filtered, and gateways send them only meanwhile", async () => {
    const cookie = await signInFirst(control);
    const stream = await open(cookie, "?service=notes&status=4xx");
    await gateway.until(({ messages }) => messages.some((message) => message.type === "watch" && message.on));
    gateway.send({ type: "calls", records: [aCall({ id: "fine" }), aCall({ id: "refused", status: 404 }), aCall({ id: "elsewhere", status: 404, service: "other" })], dropped: 3 });
    const text = await stream.until("dropped");
    expect(text).toMatch(/id: refused\nevent: call\ndata: \{.*"id":"refused"\}\n\n/);
    expect(text).toContain('event: dropped\ndata: {"dropped":3}');
    expect(text).not.toMatch(/fine|elsewhere/);
    stream.close();
    await gateway.until(({ messages }) => messages.some((message) => message.type === "watch" && !message.on));
  });

  test("are asked of gateways by what watchers look for, and all as soon as one looks for everything", async () => {
    const cookie = await signInFirst(control);
    const last = () => gateway.messages.findLast((message) => message.type === "watch");
    const narrow = await open(cookie, "?query=status:409", "/api/live");
    await gateway.until(() => last() !== undefined);
    expect(last()).toEqual({ type: "watch", on: true, queries: ["status:409"] });
    const wide = await open(cookie);
    await gateway.until(() => JSON.stringify(last()) === '{"type":"watch","on":true}');
    wide.close();
    await gateway.until(() => JSON.stringify(last()).includes("status:409"));
    narrow.close();
    await gateway.until(() => JSON.stringify(last()) === '{"type":"watch","on":false}');
    const refused = await fetch(`${control.url}/api/live?query=stats:1`, { headers: { cookie } });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([400, "invalid-query"]);
  });

  test("with conflicts and a summary, and go on after the last one seen", async () => {
    const cookie = await signInFirst(control);
    const stream = await open(cookie, "?query=service:notes", "/api/live");
    await stream.until("watching");
    gateway.send({ type: "calls", records: [aCall({ id: "one", status: 409, cause: "lost-update", conflict: "c0ffee", costUsd: 0.5 }), aCall({ id: "two", status: 500 }), aCall({ id: "no", service: "other" })], dropped: 2 });
    expect(await stream.until("event: summary")).toMatch(/event: conflict\ndata: \{"id":"c0ffee","cause":"lost-update"/);
    expect(await stream.until('"calls":2')).toContain('"calls":2,"leftOut":2,"errors":1,"conflicts":1,"costUsd":0.5');
    const again = await open(cookie, "", "/api/live", { "last-event-id": "one" });
    expect(await again.until("id: no")).not.toContain("id: one");
    const lost = await open(cookie, "", "/api/live", { "last-event-id": "never-seen" });
    await lost.until('event: gap\ndata: {"after":"never-seen"}');
    for (const each of [stream, again, lost]) each.close();
  });

  test("are asked of a gateway that comes while somebody watches", async () => {
    const stream = await open(await signInFirst(control));
    const late = await TestGateway.connect(control.place.socket, { worker: 1 });
    await late.until(({ messages }) => messages.some((message) => message.type === "watch" && message.on));
    stream.close();
    late.close();
  });

  test("end when their session does: by signing out, by being disabled", async () => {
    const cookie = await signInFirst(control);
    const mine = await open(cookie);
    await control.call("DELETE", "/api/session", { cookie });
    await mine.ended;
    const theirs = await open(await addPerson(control, "bob", "viewer"));
    await control.call("PATCH", "/api/people/bob", { ifMatch: "*", body: { disabled: true } });
    await theirs.ended;
  });

  test("that a watcher does not read are dropped and counted, and cost no more memory than its queue", async () => {
    const cookie = await signInFirst(control);
    const { connect } = await import("node:net");
    const slow = connect(control.process.port, "127.0.0.1");
    slow.write(`GET /api/calls/live HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
    await gateway.until(({ messages }) => messages.some((message) => message.type === "watch" && message.on));
    slow.pause();
    const bulky = Array.from({ length: 500 }, (_, index) => aCall({ id: `bulk${index}`, path: `/${"x".repeat(2_000)}` }));
    for (let round = 0; round < 6; round++) gateway.send({ type: "calls", records: bulky, dropped: 0 });
    gateway.send({ type: "sealed", segment: seal([aCall({ id: "after-all" })]) });
    await eventually(() => ids()).toEqual(["after-all"]);
    let text = "";
    slow.on("data", (chunk: Buffer) => (text = (text + chunk.toString("latin1")).slice(-4_000)));
    slow.resume();
    await eventually(async () => {
      gateway.send({ type: "calls", records: [], dropped: 0 });
      return text.includes("event: dropped");
    }).toBe(true);
    slow.destroy();
  });
});
