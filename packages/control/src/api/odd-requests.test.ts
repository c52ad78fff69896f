import { afterAll, beforeAll, expect, test } from "vitest";
import { aService, startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
let tag: string;
beforeAll(async () => {
  control = await startControl();
  tag = (await control.call("PUT", "/api/services/notes", { create: true, body: aService() })).etag;
});
afterAll(() => control.stop());

test.each([
  ["PATCH", "/api/services/notes", `{"upstream":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`],
  ["PUT", "/api/services/notes", `{"spec":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
])("a body that is nested too deeply is refused: %s", async (method, path, body) => {
  expect(await control.call(method, path, { ifMatch: tag, body })).toMatchObject({ status: 400, body: { code: "invalid-body", detail: expect.stringContaining("nested") as string } });
});

test.each([
  ["PUT", "/api/services/notes", `{"spec":${JSON.stringify(aService().spec)},"spec":{"path":"/others"}}`, "/spec"],
  ["PUT", "/api/services/notes", `{"spec":{"path":"/notes","path":"/others","upstream":{"targets":[{"url":"http://127.0.0.1:1"}]}}}`, "/spec/path"],
  ["PATCH", "/api/services/notes", `{"access":"key","acces\\u0073":"open"}`, "/access"],
  ["POST", "/api/people", `{"name":"ann","role":"viewer","role":"owner"}`, "/role"],
])("a body that has a member twice is refused, which names it, and nothing is changed: %s %s %s", async (method, path, body, pointer) => {
  const before = (await control.call("GET", "/api/services/notes")).body;
  expect(await control.call(method, path, { ...(method === "POST" ? {} : { ifMatch: tag }), body })).toMatchObject({ status: 400, body: { code: "invalid-body", errors: [{ pointer, message: expect.stringContaining("twice") as string }] } });
  expect((await control.call("GET", "/api/services/notes")).body).toEqual(before);
  expect((await control.call("GET", "/api/people")).body.items).toEqual([]);
});

test("a body with a content coding, or that is not UTF-8, is refused as what it is", async () => {
  const coded = await control.call("POST", "/api/people", { body: "{}", headers: { "content-encoding": "gzip" } });
  expect(coded).toMatchObject({ status: 415, body: { code: "invalid-body", detail: expect.stringContaining("gzip") as string } });
  const answer = await fetch(`${control.url}/api/people`, { method: "POST", headers: { authorization: "Bearer an-admin-token-for-tests", "content-type": "application/json" }, body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) });
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([400, "the body: not UTF-8"]);
});

test("whoever sends too much reads why, although all of it is on its way", async () => {
  const answer = await control.call("POST", "/api/config/check", { body: { yaml: "#".repeat(40 * 1024 * 1024) } });
  expect(answer).toMatchObject({ status: 413, body: { code: "body-too-large-admin" } });
});

test.each([
  ["/api/services/notes", {}, "/path", "missing; it has to be text"],
  ["/api/services/notes", { path: 5, upstream: aService().spec["upstream"] }, "/path", "is a number, and has to be text"],
  ["/api/services/notes", { ...aService().spec, access: "kye" }, "/access", "has to be open, key, jwt or mtls"],
  ["/api/services/notes", { ...aService().spec, limits: null }, "/limits", "is null, and has to be a list"],
])("what is wrong with a member is said in words: %s %j", async (path, spec, pointer, message) => {
  const { status, body } = await control.call("PUT", path, { ifMatch: tag, body: { spec } });
  expect(status).toBe(400);
  expect(body.errors).toContainEqual({ pointer: `/spec${pointer}`, message });
});

test("a write with a parameter that it does not have is refused, and not carried out", async () => {
  expect(await control.call("DELETE", "/api/services/notes?dry-run=true", { ifMatch: tag })).toMatchObject({ status: 400, body: { code: "invalid-parameter", detail: expect.stringContaining("dry-run") as string } });
  expect((await control.call("GET", "/api/services/notes")).status).toBe(200);
});

test.each(["/api/calls", "/api/conflicts", "/api/calls/facets", "/api/calls/export", "/api/spend", "/api/conflicts/summary", "/api/conflicts/matrix", "/api/conflicts/advice", "/api/overview", "/api/analysis/heatmap"])(
  "%s takes times as milliseconds and as people write them, and refuses those that are none",
  async (path) => {
    for (const from of ["1795000000000", "2026-11-01", "2026-11-01T12:00", "2026-11-01T12:00:00.123456789Z", "2026-11-01T12:00:00+02:00"]) {
      // Without a ledger, as here, there are no conflicts to be found: that comes after the parameters were read.
      expect([from, [200, 503].includes((await control.call("GET", `${path}?from=${from}`)).status)]).toEqual([from, true]);
    }
    for (const range of ["from=yesterday", "from=", "from=2026-02-30", "from=1e300", "to=99999999999999999999", "from=2026-11-02&to=2026-11-01", "from=2000000000000&to=1000000000000"]) {
      expect([range, (await control.call("GET", `${path}?${range}`)).body["code"]]).toEqual([range, "invalid-parameter"]);
    }
  },
);

test("a time without a zone is UTC", async () => {
  expect((await control.call("GET", "/api/overview?from=2026-11-01T12:00&to=2026-11-01T14:00%2B01:00")).body).toMatchObject({ from: Date.UTC(2026, 10, 1, 12), to: Date.UTC(2026, 10, 1, 13) });
});

test.each(["/healthz", "/readyz", "/metrics", "/llms.txt", "/docs/access.md", "/.well-known/parley/problems/exists", "/api/openapi.json", "/"])("%s is read, and tells every other method so", async (path) => {
  expect((await fetch(control.url + path, { method: "HEAD" })).status).not.toBe(405);
  for (const method of ["POST", "DELETE", "OPTIONS"]) {
    const answer = await control.call(method, path);
    expect([answer.status, answer.headers.get("allow"), answer.body["code"]]).toEqual([405, "GET, HEAD", "method-not-allowed"]);
  }
});

test("a key ends when a configuration file's may, and the grace of a rotation is a time that there is", async () => {
  await control.call("PUT", "/api/consumers/acme", { create: true, body: { spec: {} } });
  for (const expiresAt of ["2027-01-31", "2027-01-31T00:00:00+02:00"]) {
    expect(await control.call("POST", "/api/consumers/acme/keys", { body: { name: `k-${expiresAt.length}`, expiresAt } })).toMatchObject({ status: 201, body: { key: { expiresAt } } });
  }
  expect((await control.call("POST", "/api/consumers/acme/keys", { body: { name: "never", expiresAt: "2027-02-30" } })).status).toBe(400);
  const id = String((await control.call("GET", "/api/consumers/acme/keys")).body.items?.[0]?.["id"]);
  expect(await control.call("POST", `/api/consumers/acme/keys/${id}/rotate`, { body: { grace: "999999999d" } })).toMatchObject({ status: 400, body: { code: "invalid-parameter", detail: expect.stringContaining("3650d") as string } });
});

test.each([["telemetry", {}], ["ai", { path: "/elsewhere" }], ["logging", { bodies: "none" }]])("settings are always there, so that nobody creates them: %s", async (name, spec) => {
  const place = `/api/settings/${name}`;
  const { body, etag } = await control.call("GET", place);
  expect(await control.call("PUT", place, { create: true, body: { spec } })).toMatchObject({ status: 412, etag, body: { code: "precondition-failed", etag } });
  expect((await control.call("GET", place)).body).toEqual(body);
  expect((await control.call("PUT", place, { body: { spec } })).status).toBe(428);
});
