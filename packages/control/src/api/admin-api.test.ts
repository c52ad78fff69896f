import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aService, addPerson, startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
beforeAll(async () => {
  control = await startControl();
});
afterAll(() => control.stop());

const create = (name: string, body: unknown = aService(`/${name}`)) => control.call("PUT", `/api/services/${name}`, { create: true, body });

describe("writes are guarded", () => {
  test("creating needs If-None-Match: *, changing the tag that was read, and both give the new one", async () => {
    expect(await control.call("PUT", "/api/services/guarded", { body: aService("/guarded") })).toMatchObject({ status: 428, body: { code: "precondition-required" } });
    const made = await create("guarded");
    expect(made).toMatchObject({ status: 201, body: { name: "guarded", origin: "database", updatedBy: "token" } });
    expect(made.body["etag"]).toBe(made.etag);
    expect(await create("guarded")).toMatchObject({ status: 412, etag: made.etag });
    expect(await control.call("PUT", "/api/services/guarded", { body: aService("/guarded") })).toMatchObject({ status: 428, etag: made.etag });
    const changed = await control.call("PUT", "/api/services/guarded", { ifMatch: made.etag, body: aService("/guarded-too") });
    expect(changed.status).toBe(200);
    expect(changed.etag).not.toBe(made.etag);
    const stale = await control.call("PUT", "/api/services/guarded", { ifMatch: made.etag, body: aService("/lost") });
    expect(stale).toMatchObject({ status: 412, etag: changed.etag, body: { code: "precondition-failed", etag: changed.etag } });
    expect((await control.call("GET", "/api/services/guarded")).body.spec).toMatchObject({ path: "/guarded-too" });
    for (const method of ["PATCH", "DELETE"]) {
      const body = method === "PATCH" ? { body: {} } : {};
      expect(await control.call(method, "/api/services/guarded", body)).toMatchObject({ status: 428 });
      expect(await control.call(method, "/api/services/guarded", { ...body, ifMatch: made.etag })).toMatchObject({ status: 412 });
    }
    expect(await control.call("DELETE", "/api/services/guarded", { ifMatch: changed.etag })).toMatchObject({ status: 204, body: { text: "" } });
    expect(await control.call("PUT", "/api/services/guarded", { ifMatch: changed.etag, body: aService("/guarded") })).toMatchObject({ status: 412 });
  });

  test("of many writers on one tag exactly one wins", async () => {
    const { etag } = await create("race");
    const writers = Array.from({ length: 20 }, (_, index) => control.call("PUT", "/api/services/race", { ifMatch: etag, body: aService(`/race-${index}`) }));
    const statuses = (await Promise.all(writers)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });

  test("many writers who change one entity by PATCH and by PUT, each on what it has read, lose nothing of what was acknowledged", async () => {
    await create("shared");
    const path = "/api/services/shared";
    /** Reads, changes, writes, and begins anew for as long as somebody else was faster. */
    const change = async (method: "PATCH" | "PUT", bodyFrom: (spec: Record<string, unknown>) => unknown): Promise<void> => {
      for (;;) {
        const read = await control.call("GET", path);
        const { status } = await control.call(method, path, { ifMatch: read.etag, body: bodyFrom(read.body.spec ?? {}) });
        if (status === 200) return;
        expect(status).toBe(412);
      }
    };
    const names = Array.from({ length: 12 }, (_, index) => `writer-${index}`);
    const forbidden = (spec: Record<string, unknown>): string[] => (spec["conflict"] as { merge?: { forbid?: string[] } } | undefined)?.merge?.forbid ?? [];
    await Promise.all([
      // A member of its own each, as a merge patch.
      ...names.map((name) => change("PATCH", () => ({ conflict: { merge: { keys: { [`/${name}`]: "id" } } } }))),
      // One list for all, which a merge patch replaces as a whole.
      ...names.map((name) => change("PATCH", (spec) => ({ conflict: { merge: { forbid: [...forbidden(spec), `/patched-${name}`] } } }))),
      // The whole document.
      ...names.map((name) => change("PUT", (spec) => ({ spec: { ...spec, conflict: { ...(spec["conflict"] as object), merge: { ...(spec["conflict"] as { merge?: object } | undefined)?.merge, forbid: [...forbidden(spec), `/put-${name}`] } } } }))),
    ]);
    const { spec } = (await control.call("GET", path)).body;
    expect(spec).toMatchObject({ conflict: { merge: { keys: Object.fromEntries(names.map((name) => [`/${name}`, "id"])) } } });
    expect(forbidden(spec ?? {}).toSorted()).toEqual(names.flatMap((name) => [`/patched-${name}`, `/put-${name}`]).toSorted());
    // Each acknowledged change is a line of the audit, and no line is one that was refused.
    const { items = [] } = (await control.call("GET", "/api/audit?kind=service&limit=500")).body;
    expect(items.filter((item) => item["name"] === "shared" && item["action"] !== "create")).toHaveLength(3 * names.length);
  });

  test("a tag that a proxy gave a coding suffix still counts, a weakened one is refused with the way out", async () => {
    const { etag } = await create("proxied");
    const changed = await control.call("PATCH", "/api/services/proxied", { ifMatch: etag.replace(/"$/, '-gzip"'), body: { access: "open" } });
    expect(changed.status).toBe(200);
    const weak = await control.call("PATCH", "/api/services/proxied", { ifMatch: `W/${changed.etag}`, body: { access: "key" } });
    expect(weak).toMatchObject({ status: 400, body: { code: "invalid-parameter", fix: expect.stringContaining("`etag` member") as string } });
  });

  test("writing what is there already changes nothing, so that others' tags stay good", async () => {
    const { etag } = await create("same");
    expect(await control.call("PUT", "/api/services/same", { ifMatch: etag, body: aService("/same") })).toMatchObject({ status: 200, etag });
  });

  test("a read that has the current tag gets 304", async () => {
    const { etag } = await create("cached");
    expect(await control.call("GET", "/api/services/cached", { headers: { "if-none-match": etag } })).toMatchObject({ status: 304, etag });
  });
});

describe("PATCH is a merge patch on the spec", () => {
  test("changes and removes members, and is checked as a whole", async () => {
    const { etag } = await create("patched");
    const added = await control.call("PATCH", "/api/services/patched", { ifMatch: etag, body: { access: "open", upstream: { balance: "round-robin" } } });
    expect(added.body.spec).toMatchObject({ access: "open", upstream: { balance: "round-robin", targets: [{ url: "http://127.0.0.1:9001/api" }] } });
    const removed = await control.call("PATCH", "/api/services/patched", { ifMatch: added.etag, body: { access: null } });
    expect(removed.body.spec).not.toHaveProperty("access");
    const broken = await control.call("PATCH", "/api/services/patched", { ifMatch: removed.etag, body: { upstream: { targets: [] } } });
    expect(broken).toMatchObject({ status: 400, body: { errors: [{ pointer: "/upstream/targets" }] } });
  });
});

describe("secrets", () => {
  const provider = (apiKey: string, baseUrl = "https://api.example.com/v1") => ({ spec: { kind: "openai-compatible", apiKey, baseUrl } });

  test("are never shown, stand sealed in the store and the snapshot, and stay when *** comes back", async () => {
    const made = await control.call("PUT", "/api/providers/vllm", { create: true, body: provider("sk-very-secret-indeed") });
    expect(made.body.spec).toMatchObject({ apiKey: "***" });
    const moved = await control.call("PUT", "/api/providers/vllm", { ifMatch: made.etag, body: provider("***", "https://other.example.com/v1") });
    expect(moved.body.spec).toMatchObject({ apiKey: "***", baseUrl: "https://other.example.com/v1" });
    const replaced = await control.call("PATCH", "/api/providers/vllm", { ifMatch: moved.etag, body: { apiKey: "sk-another-secret" } });
    expect(replaced.etag).not.toBe(moved.etag);
    const audit = await control.call("GET", "/api/audit?kind=provider&name=vllm");
    expect(audit.body.items?.map((entry) => entry["changes"])).toEqual([
      [{ op: "replace", path: "/apiKey", value: "***" }],
      [{ op: "replace", path: "/baseUrl", value: "https://other.example.com/v1" }],
      [{ op: "add", path: "", value: { kind: "openai-compatible", apiKey: "***", baseUrl: "https://api.example.com/v1" } }],
    ]);
    for (const file of [control.place.configDatabase, `${control.place.configDatabase}-wal`]) expect(readFileSync(file).includes("very-secret")).toBe(false);
    expect(JSON.stringify(control.logged)).not.toContain("very-secret");
  });

  test("cannot be kept where none is stored", async () => {
    const refused = await control.call("PUT", "/api/providers/none", { create: true, body: provider("***") });
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid-body", errors: [{ pointer: "/spec/apiKey" }] } });
  });
});

describe("what does not fit is refused with the place", () => {
  test.each<[what: string, path: string, body: unknown, pointer: string]>([
    ["an unknown member", "services/x", { spec: { path: "/x", upstream: { targets: [{ url: "http://a" }] }, pth: 1 } }, "/spec/pth"],
    ["a wrong unit", "services/x", { spec: { path: "/x", upstream: { targets: [{ url: "http://a" }], timeouts: { connect: "soon" } } } }, "/spec/upstream/timeouts/connect"],
    ["an unknown version", "services/x", { spec: { path: "/x", upstream: { targets: [{ url: "http://a" }] }, canary: { version: "v9", percent: 1 } } }, "/spec/canary/version"],
    ["a model without its provider", "models/x", { spec: { targets: [{ model: "nobody/gpt" }] } }, "/spec/targets/0/model"],
    ["access to no service", "consumers/x", { spec: { access: ["ai", "nothing"] } }, "/spec/access/1"],
  ])("%s", async (_, path, body, pointer) => {
    expect(await control.call("PUT", `/api/${path}`, { create: true, body })).toMatchObject({ status: 400, body: { code: "invalid-body", errors: [{ pointer }] } });
  });

  test("a path that another service has", async () => {
    await create("first");
    expect(await create("second", aService("/first"))).toMatchObject({ status: 400, body: { errors: [{ pointer: "/spec/path", message: expect.stringContaining("first") as string }] } });
  });

  test("a name outside its alphabet", async () => {
    expect(await create("no%20name")).toMatchObject({ status: 400, body: { code: "invalid-parameter" } });
  });

  test("a service that consumers refer to stays until they do not", async () => {
    const { etag } = await create("referred");
    await control.call("PUT", "/api/consumers/referrer", { create: true, body: { spec: { access: ["referred"] } } });
    expect(await control.call("DELETE", "/api/services/referred", { ifMatch: etag })).toMatchObject({ status: 409, body: { code: "in-use", detail: expect.stringContaining("consumer referrer") as string } });
  });
});

describe("every error is a problem with a code and a way out", () => {
  test.each<[what: string, request: Parameters<TestControl["call"]>, status: number, code: string]>([
    ["an unknown path", ["GET", "/api/nothing", {}], 404, "unknown-operation"],
    ["a method that the path does not have", ["DELETE", "/api/services", {}], 405, "method-not-allowed"],
    ["an unknown thing", ["GET", "/api/services/nothing", {}], 404, "not-found"],
    ["text that is no JSON", ["POST", "/api/people", { body: "{oops" }], 400, "invalid-body"],
    ["a form", ["POST", "/api/people", { body: "name=ann", headers: { "content-type": "application/x-www-form-urlencoded" } }], 415, "invalid-body"],
    ["a body past the limit", ["POST", "/api/config/check", { body: { yaml: "#".repeat(9 * 1024 * 1024) } }], 413, "body-too-large-admin"],
    ["a query parameter that there is not", ["GET", "/api/calls?servce=x", {}], 400, "invalid-parameter"],
    ["a query parameter out of range", ["GET", "/api/calls?limit=0", {}], 400, "invalid-parameter"],
    ["a cursor of no page", ["GET", "/api/calls?after=x", {}], 400, "invalid-parameter"],
    ["no sign-in", ["GET", "/api/services", { cookie: null }], 401, "not-signed-in"],
    ["a wrong token", ["GET", "/api/services", { cookie: null, headers: { authorization: "Bearer wrong" } }], 401, "not-signed-in"],
    ["an ended session", ["GET", "/api/services", { cookie: "parley_1=x" }], 401, "not-signed-in"],
  ])("%s", async (_, request, status, code) => {
    const answer = await control.call(...request);
    expect(answer).toMatchObject({ status, body: { code, status, type: `${control.url}/.well-known/parley/problems/${code}` } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body["fix"]).toMatch(/\w{3}/);
    const page = await fetch(answer.body["type"] as string);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(code)]);
  });

  test("a method that is refused is told the right ones", async () => {
    expect((await control.call("DELETE", "/api/services")).headers.get("allow")).toBe("GET, HEAD");
  });
});

describe("roles", () => {
  test("a viewer looks, an editor changes, an owner manages people; a refusal says which role is missing", async () => {
    const viewer = await addPerson(control, "vera", "viewer");
    const editor = await addPerson(control, "ed", "editor");
    expect(await control.call("GET", "/api/services", { cookie: viewer })).toMatchObject({ status: 200 });
    expect(await control.call("PUT", "/api/services/roles", { cookie: viewer, create: true, body: aService("/roles") })).toMatchObject({ status: 403, body: { code: "forbidden", role: "editor" } });
    expect(await control.call("PUT", "/api/services/roles", { cookie: editor, create: true, body: aService("/roles") })).toMatchObject({ status: 201, body: { updatedBy: "ed" } });
    expect(await control.call("GET", "/api/people", { cookie: editor })).toMatchObject({ status: 403, body: { role: "owner" } });
    expect(await control.call("GET", "/api/audit", { cookie: viewer })).toMatchObject({ status: 403 });
  });
});

describe("other sites", () => {
  const signIn = { cookie: null, body: { name: "nobody", password: "x" } };
  test.each<[headers: Record<string, string>, code: string]>([
    [{ "sec-fetch-site": "cross-site" }, "cross-site"],
    [{ "sec-fetch-site": "same-site" }, "cross-site"],
    [{ origin: "https://evil.example" }, "cross-site"],
    [{ origin: "null" }, "cross-site"],
    [{ "sec-fetch-site": "same-origin" }, "wrong-credentials"],
    [{ "sec-fetch-site": "none" }, "wrong-credentials"],
    [{}, "wrong-credentials"],
  ])("a write with %j is answered with %s", async (headers, code) => {
    expect((await control.call("POST", "/api/session", { ...signIn, headers })).body["code"]).toBe(code);
  });
});

describe("consumers' keys", () => {
  test("are shown once, kept as hashes, and go with their consumer", async () => {
    await control.call("PUT", "/api/consumers/acme", { create: true, body: { spec: { limits: [{ requests: 5, per: "1m" }] } } });
    const made = await control.call("POST", "/api/consumers/acme/keys", { body: { name: "default" } });
    const secret = made.body["secret"] as string;
    const key = made.body["key"] as { id: string; hint: string; etag: string };
    expect(made.status).toBe(201);
    expect(secret).toMatch(/^pk_[0-9A-Za-z]{43}$/);
    expect(secret.startsWith(key.hint)).toBe(true);
    expect(await control.call("POST", "/api/consumers/acme/keys", { body: { name: "default" } })).toMatchObject({ status: 409, body: { code: "exists" } });
    const listed = await control.call("GET", "/api/consumers/acme/keys");
    expect(listed.body.items).toMatchObject([{ id: key.id, name: "default", consumer: "acme" }]);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect(await control.call("DELETE", `/api/consumers/acme/keys/${key.id}`)).toMatchObject({ status: 428 });
    await control.call("POST", "/api/consumers/acme/keys", { body: { name: "second" } });
    expect(await control.call("DELETE", `/api/consumers/acme/keys/${key.id}`, { ifMatch: key.etag })).toMatchObject({ status: 204 });
    const consumer = await control.call("GET", "/api/consumers/acme");
    expect(await control.call("DELETE", "/api/consumers/acme", { ifMatch: consumer.etag })).toMatchObject({ status: 204 });
    expect(readFileSync(control.place.snapshot, "utf8")).not.toContain(secret);
    expect(await control.call("GET", "/api/consumers/acme/keys")).toMatchObject({ status: 404 });
  });
});

test("the names of everything that is configured are read at once, and hold nothing but names", async () => {
  await create("named");
  await control.call("PUT", "/api/consumers/named-too", { create: true, body: { spec: { limits: [{ requests: 5, per: "1m" }] } } });
  const { status, body } = await control.call("GET", "/api/names");
  expect(status).toBe(200);
  expect(Object.keys(body).toSorted()).toEqual(["alert", "channel", "consumer", "model", "prompt", "provider", "service", "team"]);
  expect(body["service"]).toContain("named");
  expect(body["consumer"]).toContain("named-too");
  const listed = await control.call("GET", "/api/services");
  expect(body["service"]).toEqual((listed.body.items as unknown as { name: string }[]).map(({ name }) => name));
});
