/** What the admin API says and does about conflicts, on the real program: filters, leases, history and restoration, advice and preview. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DocumentUpstream, documentUpstream } from "../harness/document-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const keys = { ann: "ann-key-0123456789", bob: "bob-key-0123456789" };
let upstream: DocumentUpstream;
let parley: Parley;

beforeAll(async () => {
  upstream = await documentUpstream();
  const target = `upstream: { targets: [{ url: "${upstream.url}" }] }`;
  parley = await startParley({
    yaml: `services:
  watched: { path: /watched, ${target} }
  notes: { path: /notes, ${target}, conflict: { mode: require, locks: { delay: 1s } } }
  drafts: { path: /drafts, ${target}, conflict: { mode: enforce, strategy: last-write-wins } }
consumers:
  ann: { keys: [{ name: default, secret: ${keys.ann} }] }
  bob: { keys: [{ name: default, secret: ${keys.bob} }] }
logging: { redact: [/secret] }
`,
  });
}, 60_000);

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await upstream.close();
});

type Who = keyof typeof keys;
type Body = Record<string, unknown> & { items: Record<string, unknown>[] };

async function call(who: Who, method: string, path: string, options: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Response> {
  const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
  return fetch(parley.gatewayUrl + path, { method, headers: { authorization: `Bearer ${keys[who]}`, "content-type": "application/json", ...options.headers }, ...body });
}

async function admin(path: string): Promise<Body> {
  return (await (await parley.admin(path)).json()) as Body;
}

/** Both read, one writes, the other puts back what it had read. */
async function loseAnUpdate(path: string): Promise<void> {
  await call("ann", "PUT", path, { body: { title: "one", shade: "red" } });
  for (const who of ["ann", "bob"] as const) await (await call(who, "GET", path)).json();
  await call("bob", "PUT", path, { body: { title: "one", shade: "blue" } });
  await call("ann", "PUT", path, { body: { title: "two", shade: "red" } });
}

describe("conflicts", () => {
  beforeAll(async () => {
    for (const number of [1, 2, 3]) await loseAnUpdate(`/watched/${number}`);
    await eventually(async () => (await admin("/api/conflicts?service=watched&state=lost")).items.length === 3);
  }, 60_000);

  test("are found by consumer, resource, cause, call and time, page by page, and always name who took part", async () => {
    const { items } = await admin("/api/conflicts?service=watched&state=lost&cause=lost-update");
    expect(items.map(({ consumers }) => consumers)).toEqual([["ann", "bob"], ["ann", "bob"], ["ann", "bob"]]);
    const [newest] = items as [Record<string, unknown>];
    const ids = async (query: string): Promise<unknown[]> => (await admin(`/api/conflicts?${query}`)).items.map(({ id }) => id);
    expect(await ids("resource=/watched/3")).toEqual([newest["id"]]);
    expect(await ids(`call=${String(newest["callId"])}`)).toEqual([newest["id"]]);
    expect(await ids("service=watched&consumer=bob")).toHaveLength(3);
    expect(await ids("consumer=bo")).toEqual([]);
    expect(await ids(`service=watched&from=${String(Math.floor(Number(newest["at"])))}`)).toEqual([newest["id"]]);
    expect(await ids(`service=watched&to=${String(Math.floor(Number(newest["at"])))}`)).toHaveLength(2);
    const first = await admin("/api/conflicts?service=watched&limit=2");
    expect(first.items).toHaveLength(2);
    expect((await admin(`/api/conflicts?service=watched&limit=2&after=${String(first["next"])}`)).items).toHaveLength(1);
    expect((await parley.admin("/api/conflicts?after=nonsense")).status).toBe(400);
    expect((await parley.admin("/api/conflicts?state=nonsense")).status).toBe(400);
  });

  test("are summed up by kind and by resource", async () => {
    const summary = await admin("/api/conflicts/summary?service=watched");
    expect(summary).toMatchObject({ total: 3, kinds: [{ service: "watched", state: "lost", cause: "lost-update", count: 3 }] });
    expect(summary["resources"]).toHaveLength(3);
  });

  test("lead to advice that is counted from them, and to a preview of the protection", async () => {
    const advice = await admin("/api/conflicts/advice?service=watched");
    expect(advice).toMatchObject({ considered: 3, truncated: false });
    const [watched] = advice.items as { best: unknown; sentence: string; operations: unknown[] }[];
    expect(watched?.best).toMatchObject({ mode: "require", strategy: "merge", solved: 3 });
    expect(watched?.operations).toMatchObject([{ method: "PUT", pattern: "/watched/{id}", conflicts: 3 }]);
    expect(watched?.sentence).toContain("3 of 3");

    const preview = await eventually(async () => {
      const found = await admin("/api/services/watched/protection?mode=require&strategy=merge");
      return found["writes"] === 9 ? found : null;
    });
    // Nine PUTs, of which three created.
    expect(preview).toMatchObject({ conditional: 0, preconditionRequired: 6, preconditionFailed: 0, conflicts: 3, counts: { merged: 3 }, spec: { conflict: { mode: "require", strategy: "merge" } } });
    expect(preview["yaml"]).toContain("mode: require");
    expect(await admin("/api/services/watched/protection?mode=require")).toMatchObject({ strategy: "reject", preconditionFailed: 3, counts: { prevented: 3 } });
    expect((await admin("/api/services/drafts/protection?mode=require&strategy=reject"))["spec"]).toEqual({ conflict: { mode: "require", strategy: "reject" } });
    expect((await parley.admin("/api/services/nothing/protection")).status).toBe(404);
  });
});

describe("leases", () => {
  test("are listed, and broken only as they were seen: their holder is refused, the resource rests, and it is on the audit", async () => {
    await call("ann", "PUT", "/notes/7", { body: { title: "one" } });
    const locked = await call("ann", "LOCK", "/notes/7", { headers: { timeout: "Second-60" } });
    const { token, fence } = (await locked.json()) as { token: string; fence: number };
    const [lease] = (await admin("/api/leases?service=notes")).items as [{ id: string; etag: string }];
    expect(lease).toMatchObject({ service: "notes", resource: "/notes/7", holder: "ann", fence });
    expect((await admin("/api/leases?service=drafts")).items).toEqual([]);
    expect((await parley.admin(`/api/leases/${lease.id}`)).headers.get("etag")).toBe(lease.etag);

    const end = (headers: Record<string, string>): Promise<Response> => parley.admin(`/api/leases/${lease.id}`, { method: "DELETE", headers });
    expect((await end({})).status).toBe(428);
    expect((await end({ "if-match": '"another"' })).status).toBe(412);
    expect((await end({ "if-match": lease.etag })).status).toBe(204);
    expect((await end({ "if-match": lease.etag })).status).toBe(404);

    const tagOf = async (who: Who): Promise<string> => (await call(who, "GET", "/notes/7")).headers.get("etag") ?? "";
    const holder = await call("ann", "PUT", "/notes/7", { headers: { "lock-token": `<${token}>`, "if-match": await tagOf("ann") }, body: { title: "mine" } });
    expect([holder.status, ((await holder.json()) as { cause: string }).cause]).toEqual([412, "locked"]);
    const write = async (): Promise<Response> => call("bob", "PUT", "/notes/7", { headers: { "if-match": await tagOf("bob") }, body: { title: "theirs" } });
    const other = await write();
    expect([other.status, ((await other.json()) as { cause: string }).cause]).toEqual([409, "busy"]);
    expect(upstream.documents.get("/7")).toEqual({ title: "one" });
    await delay(Number(other.headers.get("retry-after")) * 1_000);
    expect((await write()).status).toBe(200);
    expect((await admin("/api/audit?kind=lease")).items).toMatchObject([{ action: "break", actor: "token", name: "notes /notes/7", changes: [{ value: { holder: "ann" } }] }]);
  });
});

describe("a resource's history", () => {
  const history = (): Promise<Body> => admin("/api/resources/history?service=drafts&resource=/drafts/1");
  const restore = (revision: unknown, etag: string): Promise<Response> =>
    parley.admin("/api/resources/restore", { method: "POST", headers: { "content-type": "application/json", ...(etag === "" ? {} : { "if-match": etag }) }, body: JSON.stringify({ service: "drafts", resource: "/drafts/1", revision }) });

  test("keeps what the last write overwrote, shows it without its secrets, and brings it back as a guarded write", async () => {
    const first = { title: "first", secret: "s1" };
    upstream.documents.set("/1", first);
    for (const [who, title] of [["ann", "second"], ["bob", "third"]] as const) await call(who, "PUT", "/drafts/1", { body: { title } });
    const before = await history();
    expect(before.items.map(({ by, kept, current }) => [by, kept, current])).toEqual([["bob", false, true], ["ann", true, false], ["", true, false]]);
    const oldest = before.items.at(-1)?.["revision"] as number;
    const version = await admin(`/api/resources/version?service=drafts&resource=/drafts/1&revision=${oldest}`);
    expect(JSON.parse(version["body"] as string)).toEqual({ title: "first", secret: "***" });

    expect((await restore(oldest, "")).status).toBe(428);
    expect((await restore(oldest, '"revision-1"')).status).toBe(412);
    expect(await (await restore(999, before["etag"] as string)).json()).toMatchObject({ code: "not-found" });
    const restored = await restore(oldest, before["etag"] as string);
    expect(await restored.json()).toMatchObject({ from: oldest, status: 200 });
    expect(upstream.documents.get("/1")).toEqual(first);
    expect((await restore(oldest, before["etag"] as string)).status).toBe(412);

    const after = await history();
    expect(after.items[0]).toMatchObject({ by: "console:token", current: true, method: "PUT" });
    // What the restoration overwrote can be brought back too.
    const replaced = after.items.find(({ by }) => by === "bob") as { revision: number; kept: boolean };
    expect(replaced.kept).toBe(true);
    expect((await restore(replaced.revision, after["etag"] as string)).status).toBe(200);
    expect(upstream.documents.get("/1")).toEqual({ title: "third" });
    expect((await admin("/api/audit?kind=resource")).items).toMatchObject([{ action: "restore", name: "drafts /drafts/1" }, { action: "restore", changes: [{ value: { restored: oldest } }] }]);
  });

  test("brings back what was deleted, and only while nothing else is there", async () => {
    upstream.documents.set("/3", { title: "first" });
    expect((await call("ann", "DELETE", "/drafts/3")).status).toBe(204);
    const place = { service: "drafts", resource: "/drafts/3" };
    const read = await admin("/api/resources/history?service=drafts&resource=/drafts/3");
    expect(read.items).toMatchObject([{ by: "ann", method: "DELETE", current: true }, { kept: true }]);
    const restored = await parley.admin("/api/resources/restore", { method: "POST", headers: { "content-type": "application/json", "if-match": read["etag"] as string }, body: JSON.stringify({ ...place, revision: read.items[1]?.["revision"] }) });
    expect(await restored.json()).toMatchObject({ status: 201 });
    expect(upstream.documents.get("/3")).toEqual({ title: "first" });
  });

  test("says why a version is not brought back: somebody's lease, a body that is not kept, a service that guards nothing", async () => {
    upstream.documents.set("/2", { title: "first" });
    for (const who of ["ann", "bob"] as const) await call(who, "PUT", "/drafts/2", { body: { title: who } });
    const place = { service: "drafts", resource: "/drafts/2" };
    const read = await admin("/api/resources/history?service=drafts&resource=/drafts/2");
    const send = (revision: number): Promise<Response> => parley.admin("/api/resources/restore", { method: "POST", headers: { "content-type": "application/json", "if-match": read["etag"] as string }, body: JSON.stringify({ ...place, revision }) });
    expect(await (await send(read.items[0]?.["revision"] as number)).json()).toMatchObject({ code: "version-not-kept", status: 410 });
    await call("bob", "LOCK", "/drafts/2", { headers: { timeout: "Second-60" } });
    const refused = await send(read.items.at(-1)?.["revision"] as number);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "restoration-refused", detail: expect.stringContaining("bob holds a lease") as unknown });
    expect(upstream.documents.get("/2")).toEqual({ title: "bob" });
    expect((await admin("/api/resources/history?service=watched&resource=/watched/1")).items).toEqual([]);
  });
});
