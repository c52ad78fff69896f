import { renameSync, writeFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bodiesPurpose, type CallBodies } from "@parley/contract/call-bodies";
import { loadMasterKey, sealSecret } from "@parley/contract/secrets";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addPerson, signInFirst, startControl, type TestControl } from "../testing/start-control.ts";
import { clean } from "../main/housekeeping.ts";
import { BodyIntake } from "../calls/body-intake.ts";
import { openEmbeddedBodyStore } from "@parley/stores/embedded/body-store";

let control: TestControl;
let sequence = 0;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.stop());

const bodies: CallBodies = { request: { contentType: "application/json", bytes: 7, text: '{"a":1}', truncated: false }, response: null };

/** Writes a segment as a gateway does: complete before it has its name. */
function seal(ids: readonly string[], { at = Date.now(), service = "notes", more = "" } = {}): void {
  const key = loadMasterKey(control.place.masterKey, { environment: {}, create: false });
  const path = join(control.place.bodiesSpool, `1700000000000-0-${++sequence}.ndjson`);
  writeFileSync(`${path}.part`, ids.map((id) => `${JSON.stringify({ id, at, service, sealed: sealSecret(key, bodiesPurpose(id), JSON.stringify(bodies)) })}\n`).join("") + more);
  renameSync(`${path}.part`, path);
}

test("an editor reads a call's bodies as soon as they are sealed, also after a restart; a viewer does not", async () => {
  seal(["one"], { more: 'no such line\n{"id":"x"}\n{"id":"half' });
  expect((await control.call("GET", "/api/calls/one/bodies")).body).toEqual(bodies);
  expect(readdirSync(control.place.bodiesSpool)).toEqual([]);
  expect(await control.call("GET", "/api/calls/two/bodies")).toMatchObject({ status: 404, body: { code: "not-found" } });
  expect(await control.call("GET", "/api/calls/two/bodies?absent=empty")).toMatchObject({ status: 200, body: { request: null, response: null } });
  await signInFirst(control);
  const viewer = await addPerson(control, "vic", "viewer");
  expect(await control.call("GET", "/api/calls/one/bodies", { cookie: viewer })).toMatchObject({ status: 403 });
  seal(["late"]);
  control = await control.restart();
  expect((await control.call("GET", "/api/calls/one/bodies")).body).toEqual(bodies);
  expect((await control.call("GET", "/api/calls/late/bodies")).body).toEqual(bodies);
});

test("a damaged store of bodies is set aside with a message, and the program starts", async () => {
  await control.drain();
  writeFileSync(control.place.bodiesDatabase, "nonsense".repeat(2_000));
  control = await control.restart();
  expect(control.logged.some(({ level, msg }) => level === 50 && /store of bodies was damaged/.test(String(msg)))).toBe(true);
  seal(["one"]);
  expect((await control.call("GET", "/api/calls/one/bodies")).status).toBe(200);
  expect(existsSync(control.place.bodiesDatabase)).toBe(true);
});

test("bodies wait in their spool while their file is away, readiness and status name it, and they are taken in once it is back", { timeout: 60_000 }, async () => {
  const checks = async (): Promise<unknown[]> => {
    const { status, body } = await control.call("GET", "/readyz");
    const stores = (await control.call("GET", "/api/status")).body["stores"] as { name: string; ok: boolean }[];
    return [status, (body["checks"] as Record<string, unknown>)["bodies"], body["warnings"], stores.find(({ name }) => name === "bodies")];
  };
  const before = await checks();
  expect(before).toMatchObject([before[0], { ok: true }, expect.not.arrayContaining(["bodies"]), { ok: true }]);
  const { bodiesDatabase } = control.place;
  renameSync(bodiesDatabase, `${bodiesDatabase}.away`);
  seal(["one"]);
  expect((await control.call("GET", "/api/calls/one/bodies")).status).toBe(404);
  expect(readdirSync(control.place.bodiesSpool)).toHaveLength(1);
  const detail = expect.stringContaining(`${bodiesDatabase} was removed or replaced`) as string;
  // Calls are carried and on record: nothing that a load balancer has to know.
  expect(await checks()).toMatchObject([before[0], { ok: false, detail }, expect.arrayContaining(["bodies"]), { ok: false, detail }]);
  renameSync(`${bodiesDatabase}.away`, bodiesDatabase);
  await vi.waitFor(async () => expect((await control.call("GET", "/api/calls/one/bodies")).body).toEqual(bodies), 20_000);
  expect((await checks())[3]).toMatchObject({ ok: true });
});

test("bodies go with their calls, or sooner, by service, and never past their bound", async () => {
  const store = openEmbeddedBodyStore({ path: ":memory:", now: Date.now, onDamage: () => undefined });
  const intake = new BodyIntake({ spool: control.place.bodiesSpool, store, masterKey: Buffer.alloc(32), mostBytes: () => Infinity, onError: () => undefined });
  await store.add(["a", "b", "c"].map((id, index) => ({ id, at: index * 1000, service: id === "a" ? "long" : "notes", sealed: "s" })));
  const none = async (): Promise<number> => 0;
  const ports = { store: { sessions: { deleteExpired: none }, audit: { deleteFailedSignInsBefore: none }, alerts: { deleteBefore: none } }, callLog: { deleteBefore: none, deleteFiguresBefore: none }, bodies: intake, now: () => 3_000, onError: () => undefined };
  await clean({ ...ports, retention: () => ({ services: new Map([["long", 5_000]]), othersMs: 1_500, bodiesMs: Infinity }) } as unknown as Parameters<typeof clean>[0]);
  expect([await store.get("a"), await store.get("b"), await store.get("c")]).toEqual(["s", null, "s"]);
  await clean({ ...ports, retention: () => ({ services: new Map([["long", 5_000]]), othersMs: 5_000, bodiesMs: 500 }) } as unknown as Parameters<typeof clean>[0]);
  expect(await store.size()).toEqual({ calls: 0, bytes: 0 });
  await store.close();
});
