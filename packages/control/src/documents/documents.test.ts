import { createServer } from "node:http";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startControl, type Answer, type TestControl } from "../testing/start-control.ts";
import { TestGateway } from "../testing/test-gateway.ts";

let control: TestControl;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-documents-"));
});
afterEach(async () => {
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Nobody listens there. */
async function freeAddress(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const document = (properties: string): string => `openapi: 3.0.3
info: { title: Notes, version: "1" }
paths:
  /{id}:
    put: { operationId: putNote, requestBody: { content: { application/json: { schema: { type: object, properties: { ${properties} } } } } }, responses: { 200: { description: ok } } }
`;
const before = document("title: { type: string }, status: { type: string, enum: [open, archived] }");
const after = document("title: { type: string }, status: { type: string, enum: [open] }");
const yaml = { "content-type": "application/yaml" };
const place = "/api/services/notes/versions/v2/openapi";
const spec = { path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:9001/api" }] }, versions: { select: { by: "header" }, list: { v1: {}, v2: {} } } };

const get = (): Promise<Answer> => control.call("GET", place);

describe("where the database is the truth", () => {
  beforeEach(async () => {
    control = await startControl();
    await control.call("PUT", "/api/services/notes", { create: true, body: { spec } });
    expect((await control.call("PUT", place, { create: true, headers: yaml, body: before })).status).toBe(201);
  });

  test("a document is kept as it was given, guarded as everything is, and published without what calls do not need", async () => {
    const read = await get();
    expect([read.status, read.body["text"], read.headers.get("content-type")]).toEqual([200, before, "application/yaml; charset=utf-8"]);
    expect((await control.call("PUT", place, { headers: yaml, body: before })).status).toBe(428);
    const gateway = await TestGateway.connect(control.place.socket, { snapshotVersion: 0, worker: 0 });
    await gateway.until(({ snapshot }) => snapshot.entities.document["notes/v2"] !== undefined);
    expect(gateway.snapshot.entities.document["notes/v2"]?.root).not.toHaveProperty("info");
    gateway.close();
    control = await control.restart();
    expect((await get()).body["text"]).toBe(before);
  });

  test("its operations are listed as calls through the gateway, each with an example that names its version", async () => {
    const { status, body } = await control.call("GET", "/api/services/notes/operations?version=v2");
    expect([status, body]).toMatchObject([200, { service: "notes", version: "v2", documented: true, truncated: false, items: [{ id: "putNote", method: "PUT", path: "/notes/{id}" }] }]);
    expect((body["items"] as { example: unknown }[])[0]?.example).toEqual({ path: "/notes/id", headers: [["API-Version", "v2"], ["Content-Type", "application/json"]], body: '{\n  "title": "text",\n  "status": "open"\n}' });
    expect((await control.call("GET", "/api/services/notes/operations?version=v2&operation=putNote")).body["items"]).toHaveLength(1);
    expect((await control.call("GET", "/api/services/notes/operations?version=v1")).body).toEqual({ service: "notes", version: "v1", documented: false, items: [], truncated: false });
    for (const wrong of ["?version=v9", "?version=v2&operation=nothing"]) expect(await control.call("GET", `/api/services/notes/operations${wrong}`)).toMatchObject({ status: 404, body: { code: "not-found" } });
  });

  test("what is no document is refused with its place", async () => {
    const broken = await control.call("PUT", place, { ifMatch: (await get()).etag, headers: yaml, body: "openapi: 3.0.3\npaths: {\n" });
    expect([broken.status, broken.body["code"], broken.body["errors"]]).toMatchObject([422, "document-invalid", [{ line: expect.any(Number) }]]);
    expect((await control.call("PUT", "/api/services/notes/versions/v9/openapi", { create: true, headers: yaml, body: before })).body["detail"]).toContain("v1, v2");
  });

  test("a breaking change is refused with its list, and taken once it is acknowledged", async () => {
    const { etag } = await get();
    const refused = await control.call("PUT", place, { ifMatch: etag, headers: yaml, body: after });
    const changes = refused.body["changes"] as { id: string; kind: string }[];
    expect([refused.status, refused.body["code"], changes.map(({ kind }) => kind)]).toEqual([409, "breaking-change", ["enum-value-removed"]]);
    expect((await control.call("PUT", `${place}?acknowledge=000000000000`, { ifMatch: etag, headers: yaml, body: after })).status).toBe(409);
    const taken = await control.call("PUT", `${place}?acknowledge=${changes[0]?.id}`, { ifMatch: etag, headers: yaml, body: after });
    expect([taken.status, taken.body["operations"]]).toEqual([200, 1]);
    expect((await control.call("PUT", `${place}?force=true`, { ifMatch: taken.etag, headers: yaml, body: document("") })).status).toBe(200);
  });

  test("nobody relies on a draft", async () => {
    const held = await control.call("GET", "/api/services/notes");
    await control.call("PUT", "/api/services/notes", { ifMatch: held.etag, body: { spec: { ...spec, versions: { ...spec.versions, list: { v1: {}, v2: { status: "draft" } } } } } });
    expect((await control.call("PUT", place, { ifMatch: (await get()).etag, headers: yaml, body: document("") })).status).toBe(200);
  });

  test("a document to look at is fetched from public addresses alone", async () => {
    const fetched = async (url: string): Promise<unknown[]> => {
      const { status, body } = await control.call("POST", "/api/documents/fetch", { body: { url } });
      return [status, body["code"]];
    };
    for (const url of ["http://127.0.0.1:1/x", "http://[::1]/x", "http://169.254.169.254/latest", "http://localhost:1/"]) expect(await fetched(url), url).toEqual([422, "document-unreachable"]);
    expect(await fetched("file:///etc/passwd")).toEqual([400, "invalid-body"]);
  });

  test("a version that goes takes its document along, and so does the service", async () => {
    const held = await control.call("GET", "/api/services/notes");
    const changed = await control.call("PUT", "/api/services/notes", { ifMatch: held.etag, body: { spec: { ...spec, versions: { ...spec.versions, list: { v1: {} } } } } });
    expect(changed.status).toBe(200);
    await control.call("PUT", "/api/services/notes", { ifMatch: changed.etag, body: { spec } });
    expect((await get()).status).toBe(404);
  });

  test("an adapter that does not fit both documents is refused with its place, whichever of the three comes last", async () => {
    const v1 = "/api/services/notes/versions/v1/openapi";
    expect((await control.call("PUT", v1, { create: true, headers: yaml, body: document("name: { type: string }") })).status).toBe(201);
    const held = await control.call("GET", "/api/services/notes");
    const adapted = (to: string): unknown => ({ spec: { ...spec, versions: { ...spec.versions, list: { v1: { adapt: { to: "v2", request: [{ rename: { from: "/name", to } }] } }, v2: {} } } } });
    const refused = await control.call("PUT", "/api/services/notes", { ifMatch: held.etag, body: adapted("heading") });
    expect([refused.status, refused.body.errors]).toMatchObject([400, [{ pointer: "/spec/versions/list/v1/adapt/request/0/rename/to", message: expect.stringContaining("/heading is in no body") }]]);
    expect((await control.call("PUT", "/api/services/notes", { ifMatch: held.etag, body: adapted("title") })).status).toBe(200);
    const now = (await control.call("GET", v1)).etag;
    expect((await control.call("PUT", `${v1}?force=true`, { ifMatch: now, headers: yaml, body: document("other: { type: string }") })).body.errors?.[0]?.pointer).toContain("/adapt/request/0/rename/from");
  });

  test("a difference of hundreds of operations asks the call log no more at once than it takes", async () => {
    const of = (type: string): string => JSON.stringify({ openapi: "3.0.3", info: { title: "Notes", version: "1" }, paths: Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`/p${index}`, { put: { operationId: `put${index}`, requestBody: { content: { "application/json": { schema: { type: "object", properties: { title: { type } } } } } }, responses: { 200: { description: "ok" } } } }])) });
    expect((await control.call("PUT", `${place}?force=true`, { ifMatch: (await get()).etag, headers: yaml, body: of("string") })).status).toBe(200);
    await eventually(async () => (await control.call("GET", "/api/calls")).status).toBe(200);
    const proposal = await control.call("POST", `${place}/diff`, { headers: yaml, body: of("integer") });
    expect([proposal.status, proposal.body["counts"]]).toEqual([200, { breaking: 150, unknown: 0, nonBreaking: 0 }]);
    expect((proposal.body["changes"] as { affected?: object }[]).filter(({ affected }) => affected !== undefined)).toHaveLength(150);
  });

  test("a file that is applied brings its documents along, and a breaking one is refused", async () => {
    const yamlText = `services: { notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }, versions: { select: { by: header }, list: { v2: { openapi: ./v2.yaml } } } } }`;
    const apply = async (text: string): Promise<Answer> => control.call("POST", "/api/config/apply", { ifMatch: (await control.call("GET", "/api/config")).etag, body: { yaml: yamlText, documents: { "./v2.yaml": text } } });
    expect((await apply(after)).body["code"]).toBe("breaking-change");
    const more = document("title: { type: string }, status: { type: string, enum: [open, archived] }, more: {}");
    expect((await apply(more)).status).toBe(200);
    expect((await get()).body["text"]).toBe(more);
  });

  test("a URL that leads to this machine is not fetched, by name or by address", async () => {
    const server = createServer((_request, response) => response.end(before)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]"]) {
      const own = { ...spec, path: "/other", versions: undefined, openapi: `http://${host}:${port}/openapi.yaml` };
      const refused = await control.call("PUT", "/api/services/other", { create: true, body: { spec: own } });
      expect([refused.status, refused.body["code"]], host).toEqual([422, "document-unreachable"]);
    }
    server.close();
  });

  test("a difference says whom it concerns, from the calls that were made", async () => {
    await control.call("PUT", "/api/services/notes/versions/v1/openapi", { create: true, headers: yaml, body: after });
    const call = (id: string, over: Partial<CallRecord>): CallRecord => ({ id, at: Date.now(), worker: 0, service: "notes", kind: "http", version: "v2", operation: "putNote", method: "PUT", path: "/notes/7", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 2, attempts: 1, ...over });
    const calls = [
      call("a", { consumer: "acme", uses: " /title /status /status=archived " }), call("b", { consumer: "acme", uses: " /status /status=archived " }),
      call("c", { consumer: "other", uses: " /title /status=open " }), call("d", { consumer: "third", version: "v1", uses: " /status=archived " }),
    ];
    const path = join(control.place.spool, "1700000000000-0-1.ndjson");
    writeFileSync(`${path}.part`, calls.map((one) => `${JSON.stringify(one)}\n`).join(""));
    renameSync(`${path}.part`, path);
    control = await control.restart();
    await eventually(async () => (await control.call("GET", "/api/calls")).body.items?.length).toBe(4);
    const { body } = await control.call("GET", "/api/services/notes/diff?from=v2&to=v1");
    expect(body).toMatchObject({ counts: { breaking: 1, unknown: 0, nonBreaking: 0 }, changes: [{ kind: "enum-value-removed", affected: { consumers: [{ consumer: "acme", calls: 2 }], calls: 2, sampled: true } }] });
    const [change] = body["changes"] as { affected: { query: string } }[];
    expect((await control.call("GET", `/api/calls?query=${encodeURIComponent(change?.affected.query ?? "")}`)).body.items?.map((one) => one["id"]).toSorted()).toEqual(["a", "b"]);
    const proposal = await control.call("POST", `${place}/diff`, { headers: yaml, body: "openapi: 3.0.3\npaths: {}" });
    const consumers = (proposal.body["changes"] as { affected: { consumers: unknown } }[]).map(({ affected }) => affected.consumers);
    expect(consumers).toEqual([[{ consumer: "acme", calls: 2 }, { consumer: "other", calls: 1 }]]);
  });
});

describe("where a file is the truth", () => {
  const file = (): string => join(folder, "parley.yaml");
  const write = (openapi: string, more = ""): void => writeFileSync(file(), `services: { notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }, openapi: ${openapi}${more} } }\n`);

  test("documents are read relative to it, and read anew when they change", async () => {
    writeFileSync(join(folder, "notes.yaml"), before);
    write("./notes.yaml");
    control = await startControl({ file: file() });
    expect((await control.call("GET", "/api/services/notes/openapi")).body["text"]).toBe(before);
    const more = document("title: { type: string }, status: { type: string, enum: [open, archived] }, more: {}");
    writeFileSync(join(folder, "notes.yaml"), more);
    await eventually(async () => (await control.call("GET", "/api/services/notes/openapi")).body["text"]).toBe(more);
  });

  test("a breaking change changes nothing until it is acknowledged, over a restart, too", async () => {
    writeFileSync(join(folder, "notes.yaml"), before);
    write("./notes.yaml");
    control = await startControl({ file: file() });
    writeFileSync(join(folder, "notes.yaml"), after);
    const findings = async (): Promise<string[]> => ((await control.call("GET", "/api/status")).body["configuration"] as { message: string }[]).map(({ message }) => message);
    await eventually(async () => (await findings()).join()).toMatch(/breaks what is in force: PUT \/\{id\} body \/status/);
    expect((await control.call("GET", "/api/services/notes/openapi")).body["text"]).toBe(before);
    control = await control.restart();
    const [id] = /[0-9a-f]{12}/.exec((await findings()).join()) ?? [];
    write("./notes.yaml", `, acknowledge: ["${id}"]`);
    await eventually(async () => (await control.call("GET", "/api/services/notes/openapi")).body["text"]).toBe(after);
  });

  test("a document that is missing or wrong is an error of the configuration", async () => {
    write("./missing.yaml");
    control = await startControl({ file: file() });
    expect((await control.call("GET", "/api/status")).body["configuration"]).toMatchObject([{ code: "config-document", pointer: "/services/notes/openapi", file: file(), line: 1, column: 104, message: expect.stringContaining("missing.yaml") }]);
  });

  test("a URL that is down keeps nothing else from being served, and is asked again until it gives a document; that one stays when the URL is down at the next start", async () => {
    let ahead = 0;
    const address = await freeAddress();
    const url = `http://127.0.0.1:${address}/openapi.yaml`;
    writeFileSync(file(), `services:\n  notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }, openapi: "${url}", validate: enforce }\n  other: { path: /other, upstream: { targets: [{ url: "http://127.0.0.1:9001" }] } }\n`);
    control = await startControl({ file: file(), now: () => Date.now() + ahead });
    const status = async (): Promise<unknown> => (await control.call("GET", "/api/status")).body["configuration"];
    expect(await status()).toMatchObject([{ code: "config-document", severity: "warning", file: file(), line: 2, message: expect.stringMatching(/cannot be fetched: .*; until it can be fetched, calls of notes are refused with 503 document-missing/) }]);
    expect(control.process.documents).toHaveLength(1);
    expect((await control.call("GET", "/api/services")).body.items?.map(({ name }) => name)).toEqual(["notes", "other"]);
    const server = createServer((_request, response) => response.end(before)).listen(address, "127.0.0.1");
    await once(server, "listening");
    ahead += 60_000;
    await eventually(async () => (await control.call("GET", "/api/services/notes/openapi")).body["text"]).toBe(before);
    expect(await status()).toEqual([]);
    server.close();
    server.closeAllConnections();
    control = await control.restart();
    expect(await status()).toMatchObject([{ severity: "warning", message: expect.stringContaining("the document in force stays until it can be fetched") }]);
    expect((await control.call("GET", "/api/services/notes/openapi")).body["text"]).toBe(before);
  });

  test("at the first start of all a wrong document ends it with the file and the line; where something is in force, that stays", async () => {
    writeFileSync(join(folder, "notes.yaml"), "openapi: 3.0.3\npaths: {\n");
    write("./notes.yaml");
    const data = join(folder, "data");
    const refused = await startControl({ file: file(), data, isFirst: true }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "config-document", diagnostics: [{ file: file(), line: 1, message: expect.stringMatching(/notes\.yaml: line \d/) }] });
    writeFileSync(join(folder, "notes.yaml"), before);
    control = await startControl({ file: file(), data, isFirst: true });
    await control.drain();
    writeFileSync(join(folder, "notes.yaml"), "openapi: 3.0.3\npaths: {\n");
    control = await startControl({ file: file(), data, isFirst: true });
    expect(control.process.documents).toMatchObject([{ severity: "error" }]);
  });

  test("a mapping that does not fit is told with the file, the line and the place of the step", async () => {
    writeFileSync(join(folder, "notes.yaml"), before);
    writeFileSync(file(), `services:
  notes:
    path: /notes
    upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }
    versions:
      select: { by: path }
      list:
        v2: { openapi: ./notes.yaml }
        v1:
          openapi: ./notes.yaml
          adapt:
            to: v2
            request:
              - drop: /status
              - rename: { from: /title, to: titel }
            keep: [/title, /labels]
`);
    control = await startControl({ file: file() });
    expect((await control.call("GET", "/api/status")).body["configuration"]).toMatchObject([
      { pointer: "/services/notes/versions/list/v1/adapt/request/1/rename/to", file: file(), line: 15, column: 45, excerpt: "              - rename: { from: /title, to: titel }" },
      { pointer: "/services/notes/versions/list/v1/adapt/keep/1", file: file(), line: 16, column: 28 },
    ]);
  });
});
