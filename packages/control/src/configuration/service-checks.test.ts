import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
beforeAll(async () => {
  control = await startControl();
});
afterAll(() => control.stop());

const upstream = { targets: [{ url: "http://127.0.0.1:9001" }] };
const put = (name: string, spec: object): Promise<Answer> => control.call("PUT", `/api/services/${name}`, { create: true, body: { spec: { path: `/${name}`, upstream, ...spec } } });
const versions = (list: object, select: object = { by: "path" }): object => ({ versions: { select, list } });

test.each<[what: string, spec: object, pointer: string, message: RegExp]>([
  ["successors in a circle", versions({ v1: { successor: "v2" }, v2: { successor: "v3" }, v3: { successor: "v1" } }), "/spec/versions/list/v1/successor", /v1 → v2 → v3 → v1/],
  ["a successor that there is not", versions({ v1: { successor: "v2" } }), "/spec/versions/list/v1/successor", /no version "v2"/],
  ["a sunset before the deprecation", versions({ v1: { deprecated: "2027-04-01", sunset: "2027-03-31" } }), "/spec/versions/list/v1/sunset", /before it is deprecated/],
  ["an alias of no version", versions({ v1: {} }, { by: "path", aliases: { latest: "v2" } }), "/spec/versions/select/aliases/latest", /no version "v2"/],
  ["an alias that is a version", versions({ v1: {}, v2: {} }, { by: "path", aliases: { v1: "v2" } }), "/spec/versions/select/aliases/v1", /a version itself/],
  ["a draft as the default", versions({ v1: { status: "draft" } }, { by: "path", default: "v1" }), "/spec/versions/select/default", /draft.*; take a published version/],
  ["a canary of no version", { ...versions({ v1: {} }), canary: { version: "v2", percent: 5 } }, "/spec/canary/version", /no version "v2"/],
  ["tokens that nobody is told to believe", { access: "jwt" }, "/spec/access", /whose tokens to believe/],
  ["certificates that nobody is told to believe", { access: "mtls" }, "/spec/access", /whose certificates to believe/],
  ["targets that all weigh nothing", { upstream: { targets: [{ url: "http://127.0.0.1:9001", weight: 0 }] } }, "/spec/upstream/targets", /weight above 0/],
])("a service with %s is refused as in a file", async (_what, spec, pointer, message) => {
  const { status, body } = await put("wrong", spec);
  expect([status, body]).toMatchObject([400, { code: "invalid-body", errors: [{ pointer, message: expect.stringMatching(message) }] }]);
});

test("a service and a version that is called by path do not share an address, whichever came first", async () => {
  expect((await put("notes", versions({ v1: {}, v2: {} }, { by: "path", aliases: { latest: "v2" } }))).status).toBe(201);
  for (const path of ["/notes/v1", "/notes/latest"]) {
    expect(await put("more", { path })).toMatchObject({ status: 400, body: { errors: [{ pointer: "/spec/path", message: expect.stringContaining("a version of the service notes already") }] } });
  }
  expect((await put("deeper", { path: "/notes/v1/deeper" })).status).toBe(201);
  expect((await put("first", { path: "/files/v1" })).status).toBe(201);
  expect(await put("files", versions({ v1: {} }))).toMatchObject({ status: 400, body: { errors: [{ pointer: "/spec/versions/list/v1", message: expect.stringContaining("the service first has the path /files/v1") }] } });
  expect((await put("files", versions({ v1: {} }, { by: "header" }))).status).toBe(201);
});

test("an applied file is told where in it the mistake stands", async () => {
  const yaml = `services:
  other: { path: /other, upstream: { targets: [{ url: "http://127.0.0.1:9001" }] } }
  wrong:
    path: /wrong
    upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }
    versions:
      select: { by: path }
      list:
        v2: { openapi: ./notes.yaml }
        v1:
          adapt:
            to: v2
            request:
              - drop: /title
              - rename: { from: /title, to: nothing }
          openapi: ./notes.yaml
`;
  const document = 'openapi: 3.1.0\ninfo: { title: Notes, version: "1" }\npaths: { "/{id}": { put: { requestBody: { content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } } } } }\n';
  const { etag } = await control.call("GET", "/api/config");
  const { status, body } = await control.call("POST", "/api/config/apply", { ifMatch: etag, body: { yaml, file: "parley.yaml", documents: { "./notes.yaml": document } } });
  expect([status, body]).toMatchObject([400, { code: "invalid-body", diagnostics: [{ pointer: "/services/wrong/versions/list/v1/adapt/request/1/rename/to", file: "parley.yaml", line: 15, column: 45 }] }]);
});
