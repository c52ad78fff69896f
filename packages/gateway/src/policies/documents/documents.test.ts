import { request } from "node:http";
import { gzipSync } from "node:zlib";
import type { CallRecord } from "@parley/contract/call-record";
import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, describe, expect, test } from "vitest";
import { snapshotOf, startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const note = { type: "object", required: ["title"], properties: { title: { type: "string", maxLength: 5 }, status: { enum: ["open", "archived"] } } };

function document(prefix = ""): Record<string, unknown> {
  const content = { "application/json": { schema: note } };
  return {
    openapi: "3.0.3",
    paths: {
      [`${prefix}/{id}`]: {
        get: { operationId: "getNote", parameters: [{ in: "query", name: "depth", schema: { type: "integer" } }], responses: { 200: { content } } },
        put: { operationId: "putNote", requestBody: { required: true, content }, responses: { 200: { content } } },
      },
    },
  };
}

interface Setting {
  gateway: GatewayUnderTest;
  upstream: UpstreamUnderTest;
  service: ServiceSource;
}

async function start(more: Partial<ServiceSource>, documents: Record<string, Record<string, unknown>> = { notes: document() }): Promise<Setting> {
  const upstream = await startUpstream((request, response, body) => response.setHeader("content-type", "application/json").end(request.method === "PUT" ? body : '{"title":"much too long"}'));
  stops.push(() => upstream.close());
  const service: ServiceSource = { path: "/notes", access: "open", upstream: { targets: [{ url: `${upstream.url}/api` }] }, ...more };
  const gateway = await startGateway({ services: { notes: service }, documents });
  return { gateway, upstream, service };
}

const put = ({ gateway }: Setting, body: unknown, path = "/notes/7"): Promise<Response> => fetch(gateway.url + path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const problemOf = async (answer: Response): Promise<Record<string, unknown>> => (await answer.json()) as Record<string, unknown>;
const shown = ({ operation, uses, violations, warnings }: CallRecord): unknown => ({ operation, uses, violations, warnings });

describe("enforce", () => {
  test("refuses what the document does not allow, with every place, and the upstream hears nothing of it", async () => {
    const setting = await start({ validate: "enforce" });
    const refused = await put(setting, { title: "much too long", status: "lost" });
    expect(refused.status).toBe(400);
    expect(await problemOf(refused)).toMatchObject({ code: "request-invalid", operation: "putNote", errors: [
      { in: "body", pointer: "/title", schema: "#/paths/~1{id}/put/requestBody/content/application~1json/schema/properties/title/maxLength" }, { in: "body", pointer: "/status" },
    ] });
    const query = await fetch(`${setting.gateway.url}/notes/7?depth=many`);
    expect([query.status, (await problemOf(query))["errors"]]).toMatchObject([400, [{ in: "query", pointer: "/depth" }]]);
    expect(refused.headers.get("link")).toBe('</.well-known/parley/services/notes/>; rel="service-doc"; type="text/html", </.well-known/parley/services/notes/openapi.json>; rel="service-desc"; type="application/json"');
    expect(setting.upstream.requests).toEqual([]);
    await setting.gateway.stop();
  });

  test("without the document that the service names nothing gets past it: 503, until the document is there", async () => {
    const setting = await start({ validate: "enforce", openapi: "./notes.yaml" }, {});
    const refused = await put(setting, { title: "abc" });
    expect([refused.status, refused.headers.get("retry-after"), (await problemOf(refused))["code"], setting.upstream.requests]).toEqual([503, "5", "document-missing", []]);
    await setting.gateway.gateway.replaceSnapshot(snapshotOf({ services: { notes: setting.service }, documents: { notes: document() } }, 2));
    expect((await put(setting, { title: "abc" })).status).toBe(200);
    await setting.gateway.stop();
    const warned = await start({ openapi: "./notes.yaml" }, {});
    expect((await put(warned, { title: "abc" })).status).toBe(200);
    await warned.gateway.stop();
  });

  test("passes what is right, byte by byte", async () => {
    const setting = await start({ validate: "enforce" });
    const body = '{ "title" : "abc" }';
    const answer = await fetch(`${setting.gateway.url}/notes/7`, { method: "PUT", headers: { "content-type": "application/json" }, body });
    expect([answer.status, await answer.text(), setting.upstream.requests[0]?.body]).toEqual([200, body, body]);
    await setting.gateway.stop();
  });

  test("looks into a body that comes in a content coding, as far as into a plain one, and refuses what nobody can look into", async () => {
    const setting = await start({ validate: "enforce" });
    const send = async (coding: string, body: Buffer<ArrayBuffer>): Promise<unknown> => {
      const answer = await fetch(`${setting.gateway.url}/notes/7`, { method: "PUT", headers: { "content-type": "application/json", "content-encoding": coding }, body });
      return [answer.status, answer.status === 400 ? ((await problemOf(answer))["errors"] as { pointer: string; message: string }[])[0] : setting.upstream.requests.at(-1)?.headers["content-encoding"]];
    };
    expect(await send("gzip", gzipSync('{"title":"abc"}'))).toEqual([200, "gzip"]);
    expect(await send("gzip", gzipSync('{"title":"much too long"}'))).toMatchObject([400, { pointer: "/title" }]);
    expect(await send("rot13", Buffer.from('{"title":"abc"}'))).toMatchObject([400, { pointer: "", message: expect.stringContaining("rot13") as string }]);
    expect(await send("gzip", gzipSync(JSON.stringify({ title: "x".repeat(3_000_000) })))).toEqual([200, "gzip"]);
    await setting.gateway.stop();
  });

  test("holds a call to what it is, and to what a field asks to take it for", async () => {
    const setting = await start({ validate: "enforce" });
    const send = async (method: string, asked: string, body: unknown): Promise<unknown> => {
      const answer = await fetch(`${setting.gateway.url}/notes/7`, { method, headers: { "content-type": "application/json", "x-http-method-override": asked }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const problem = answer.status === 200 ? {} : await problemOf(answer);
      return [answer.status, problem["code"]];
    };
    expect(await send("PUT", "delete", { title: "abc" })).toEqual([405, "operation-unknown"]);
    expect(await send("PUT", "put", { title: "abc" })).toEqual([200, undefined]);
    expect(await send("PUT", "GET", { title: "abc" })).toEqual([200, undefined]);
    expect(await send("PUT", "GET", { title: "much too long" })).toEqual([400, "request-invalid"]);
    expect(await send("GET", "PUT", undefined)).toEqual([400, "request-invalid"]);
    expect(setting.upstream.requests.map(({ method }) => method)).toEqual(["PUT", "PUT"]);
    await setting.gateway.stop();
  });

  test("refuses paths and methods that the document has not, and lets browsers ask", async () => {
    const setting = await start({ validate: "enforce" });
    const [path, method, asked] = await Promise.all([fetch(`${setting.gateway.url}/notes/7/8`), fetch(`${setting.gateway.url}/notes/7`, { method: "DELETE" }), fetch(`${setting.gateway.url}/notes/7`, { method: "OPTIONS" })]);
    expect([path.status, method.status, method.headers.get("allow"), asked.status]).toEqual([404, 405, "GET, PUT", 200]);
    expect(await problemOf(method)).toMatchObject({ code: "operation-unknown" });
    await setting.gateway.stop();
  });
});

test("a request that also offers to switch protocols is held to the document like any other", async () => {
  const setting = await start({ validate: "enforce" });
  const ask = (method: string, path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(setting.gateway.url + path, { method, agent: false, headers: { connection: "Upgrade", upgrade: "websocket" } }, (answer) => resolve(answer.resume().statusCode ?? 0));
      sent.on("error", reject).end();
    });
  expect([await ask("DELETE", "/notes/7"), await ask("GET", "/notes/7/8"), await ask("GET", "/notes/7?depth=many"), await ask("GET", "/notes/7")]).toEqual([405, 404, 400, 200]);
  expect(setting.upstream.requests).toHaveLength(1);
  await setting.gateway.stop();
});

test("warn, the default, changes nothing for the caller and notes it in the record; answers are noted too", async () => {
  const setting = await start({ validateAnswers: 1 });
  expect((await put(setting, { title: "much too long", status: "archived" })).status).toBe(200);
  expect((await fetch(`${setting.gateway.url}/notes/7`)).status).toBe(200);
  const records = await setting.gateway.stop();
  expect(records.map(shown)).toEqual([
    { operation: "putNote", uses: " /title /status /status=archived ", violations: 2, warnings: ["body /title is longer than 5", "answer 200: body /title is longer than 5"] },
    { operation: "getNote", uses: undefined, violations: 1, warnings: ["answer 200: body /title is longer than 5"] },
  ]);
});

test("off names the operation and holds nobody to anything", async () => {
  const setting = await start({ validate: "off", validateAnswers: 1 });
  expect((await put(setting, { nothing: 1 })).status).toBe(200);
  expect((await setting.gateway.stop()).map(shown)).toEqual([{ operation: "putNote", uses: undefined, violations: undefined, warnings: undefined }]);
});

test("what is used is noted of the first calls, and then of one in sixteen", async () => {
  const setting = await start({});
  for (let call = 0; call < 20; call++) await put(setting, { title: "abc" });
  const noted = (await setting.gateway.stop()).flatMap(({ uses }, index) => (uses === undefined ? [] : [index]));
  expect(noted).toEqual([0, 1, 2, 16]);
});

test.each([["/notes"], ["/api"]])("paths of the document may begin with %s", async (prefix) => {
  const setting = await start({ validate: "enforce" }, { notes: document(prefix) });
  expect([(await put(setting, { title: "abc" })).status, (await put(setting, {})).status]).toEqual([200, 400]);
  await setting.gateway.stop();
});

test("each version has its own document, also where it has an upstream of its own", async () => {
  const upstream = await startUpstream((_request, response) => response.end("own"));
  stops.push(() => upstream.close());
  const loose = { ...document(), paths: { "/{id}": { put: { operationId: "putAnything", responses: { default: {} } } } } };
  const setting = await start(
    { validate: "enforce", versions: { select: { by: "path" }, list: { v1: { upstream: { targets: [{ url: upstream.url }] } }, v2: {} } } },
    { "notes/v1": loose, "notes/v2": document() },
  );
  expect([(await put(setting, {}, "/notes/v1/7")).status, (await put(setting, {}, "/notes/v2/7")).status]).toEqual([200, 400]);
  expect((await setting.gateway.stop()).map(({ version, operation }) => [version, operation])).toEqual([["v1", "putAnything"], ["v2", "putNote"]]);
});

test("a body past the bound passes unread", async () => {
  const setting = await start({ validate: "enforce" });
  const title = "x".repeat(1_200_000);
  const answer = await put(setting, { title });
  expect([answer.status, (await answer.text()).length > 1_200_000]).toEqual([200, true]);
  await setting.gateway.stop();
});

test("a new revision is in force without a restart, and a document that is taken away holds nobody", async () => {
  const setting = await start({ validate: "enforce" });
  expect((await put(setting, {})).status).toBe(400);
  await setting.gateway.gateway.replaceSnapshot(snapshotOf({ services: { notes: setting.service } }, 2));
  expect((await put(setting, {})).status).toBe(200);
  await setting.gateway.gateway.replaceSnapshot(snapshotOf({ services: { notes: setting.service }, documents: { notes: document() } }, 3));
  expect((await put(setting, {})).status).toBe(400);
  await setting.gateway.stop();
});
