import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { ServiceSource } from "@parley/contract/config/service";
import { readDocument } from "@parley/openapi/reading";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../main/gateway-under-test.ts";

vi.setConfig({ testTimeout: 60_000 });

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const upstream = "http://10.1.2.3:9001/api/notes";
const evil = `<img src=x onerror=alert(1)>"'</style><script>alert(2)</script>`;

const note = { type: "object", required: ["title"], properties: { title: { type: "string", maxLength: 80, description: "What it is about" }, parent: { $ref: "#/components/schemas/Note" }, secret: { type: "string", "x-internal": true } } };

function document(more: Record<string, unknown> = {}): Record<string, unknown> {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Note" } } };
  return {
    openapi: "3.0.3",
    info: { title: "Notes", version: "7", description: `Reads and writes notes. See ${upstream}/help or 10.1.2.3:9001.` },
    servers: [{ url: upstream }],
    tags: [{ name: "notes", description: "All about notes" }],
    paths: {
      "/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" }, example: "a b'c" }],
        get: { operationId: "readNote", tags: ["notes"], summary: "Reads a note", "x-backend": upstream, responses: { 200: { description: "the note", content }, 404: { description: "there is none" } } },
        put: { operationId: "writeNote", tags: ["notes"], requestBody: { required: true, content }, responses: { 204: { description: "written" } } },
        delete: { operationId: "purge", "x-internal": true, responses: { 204: { description: "gone" } } },
      },
    },
    components: { schemas: { Note: note } },
    ...more,
  };
}

async function start(services: Record<string, Partial<ServiceSource>>, documents: TestConfiguration["documents"], more: TestConfiguration = {}): Promise<GatewayUnderTest> {
  const written = Object.entries(services).map(([name, service]): [string, ServiceSource] => [name, { path: `/${name}`, access: "open", upstream: { targets: [{ url: upstream }] }, ...service }]);
  const gateway = await startGateway({ services: Object.fromEntries(written), ...(documents ? { documents } : {}), ...more });
  stops.push(() => gateway.stop());
  return gateway;
}

const pages = "/.well-known/parley/services";

async function get(gateway: GatewayUnderTest, path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${gateway.url}${pages}${path}`, { headers });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

describe("the page", () => {
  test("tells what callers need: operations, schemas, an example that works as pasted, limits and what to do about tags", async () => {
    const gateway = await start({ notes: { access: "key", conflict: { mode: "require" }, limits: [{ requests: 600, per: "1m" }] } }, { notes: document() }, { consumers: { acme: { key: "acme-key", limits: [{ concurrent: 5 }] } } });
    const { status, text, headers } = await get(gateway, "/notes/", { authorization: "Bearer acme-key" });
    expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([200, "text/html; charset=utf-8", "no-store"]);
    for (const part of [
      "<h1>Notes</h1>", "Reads a note", "All about notes", "What it is about", "the note", "there is none", `curl -i &#39;`.length > 0 ? `curl -i '${gateway.url}/notes/a%20b'\\''c'` : "", "Authorization: Bearer $PARLEY_KEY", "If-Match: $ETAG",
      "600 calls in 1m for each caller", "5 calls at a time for you", "428", 'href="/.well-known/parley/services/notes/openapi.json"', "as above",
    ]) expect(text).toContain(part.replaceAll('"If-Match', "&quot;If-Match"));
    expect(text).not.toMatch(/10\.1\.2\.3|purge|secret|<script/);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    expect(headers.get("link")).toContain('rel="service-desc"');
  });

  test.each([["without tags", [], ["## Operations"]], ["with one tag", ["a"], ["## Operations"]], ["with two tags", ["a", "b"], ["## Operations", "## a", "## b"]]])("of a document %s heads its operations once", async (_, tags, expected) => {
    const operation = (index: number): object => ({ ...(tags.length > 0 ? { tags: [tags[index % tags.length]] } : {}), responses: { 200: { description: "there" } } });
    const gateway = await start({ notes: {} }, { notes: document({ tags: [], paths: { "/x": { get: operation(0), put: operation(1) } } }) });
    const { text } = await get(gateway, "/notes.md");
    expect(text.match(/^## (?:Operations|a|b)$/gm)).toEqual(expected);
  });

  test("is the same as Markdown, for whoever says so by the name or by Accept", async () => {
    const gateway = await start({ notes: {} }, { notes: document() });
    const [byName, byAccept] = [await get(gateway, "/notes.md"), await get(gateway, "/notes/", { accept: "text/markdown" })];
    expect(byName.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(byName.text).toBe(byAccept.text);
    expect(byName.text).toMatch(/^# Notes\n/);
    expect(byName.text).toContain("### `GET /notes/{id}` Reads a note");
    expect(byName.text).toContain(`\`\`\`sh\ncurl -i '${gateway.url}/notes/a%20b'\\''c'\n\`\`\``);
  });

  test("of a document with many operations is an index, with a page for each tag", async () => {
    const paths = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`/thing${index}`, { get: { operationId: `get${index}`, tags: [index < 65 ? "first" : "second"], responses: { 200: { description: `thing ${index}` } } } }]));
    const gateway = await start({ notes: {} }, { notes: document({ paths, tags: [] }) });
    const { text } = await get(gateway, "/notes/");
    expect(text).toContain('href="/.well-known/parley/services/notes/tags/first#first-get0"');
    expect(text).not.toContain("<h3");
    const [first, rest, second] = [await get(gateway, "/notes/tags/first"), await get(gateway, "/notes/tags/first-2"), await get(gateway, "/notes/tags/second.md")];
    expect([first.text.match(/<h3/g)?.length, rest.text.match(/<h3/g)?.length, second.text.match(/^### /gm)?.length]).toEqual([60, 5, 60]);
    expect((await get(gateway, "/notes/tags/third")).status).toBe(404);
  });
});

describe("the document", () => {
  test("comes as JSON and as YAML alike, with the gateway as its server and without what is internal", async () => {
    const gateway = await start({ notes: {} }, { notes: document() });
    const [json, yaml] = [await get(gateway, "/notes/openapi.json"), await get(gateway, "/notes/openapi.yaml")];
    const whole = JSON.parse(json.text) as Record<string, unknown>;
    expect(whole).toMatchObject({ openapi: "3.0.3", servers: [{ url: `${gateway.url}/notes` }], info: { title: "Notes", description: "Reads and writes notes. See /notes/help or gateway." } });
    expect(Object.keys((whole["paths"] as Record<string, object>)["/{id}"] ?? {})).toEqual(["parameters", "get", "put"]);
    expect(json.text).not.toMatch(/10\.1\.2\.3|x-backend|x-internal|secret/);
    expect(readDocument(yaml.text).document?.root).toEqual(whole);
    expect([json.headers.get("content-type"), yaml.headers.get("content-type")]).toEqual(["application/json", "application/yaml; charset=utf-8"]);
  });

  test.each([["the service's path", "/notes"], ["the upstream's path", "/api/notes"]])("that writes paths with %s in front has the gateway's paths", async (_, prefix) => {
    const paths = { [prefix]: { get: { responses: { 200: { description: "all" } } } }, [`${prefix}/{id}`]: { get: { responses: { 200: { description: "one" } } } } };
    const gateway = await start({ notes: {} }, { notes: document({ paths }) });
    const whole = JSON.parse((await get(gateway, "/notes/openapi.json")).text) as { servers: unknown; paths: object };
    expect([whole.servers, Object.keys(whole.paths)]).toEqual([[{ url: gateway.url }], ["/notes", "/notes/{id}"]]);
  });
});

describe("versions", () => {
  const versions = { select: { by: "header" as const, default: "v2" }, list: { v1: { deprecated: "2020-01-01", successor: "v2" }, v2: {}, v3: { status: "draft" as const } } };
  const documents = { "notes/v1": document(), "notes/v2": document({ components: { schemas: { Note: { ...note, required: ["title", "parent"] } } } }), "notes/v3": document() };

  test("are listed with what becomes of them, each has its page, and a call by a document names its version", async () => {
    const gateway = await start({ notes: { versions } }, documents);
    const [overview, old] = [await get(gateway, "/notes/"), await get(gateway, "/notes/v1")];
    expect(overview.text).toContain("<h1>Notes, v2</h1>");
    expect(overview.text).toContain("deprecated from 2020-01-01, followed by v2");
    expect(overview.text).not.toContain("v3");
    expect(old.text).toContain("-H 'API-Version: v1'");
    expect(overview.text).not.toContain("-H 'API-Version");
    expect((await get(gateway, "/notes/v3")).status).toBe(404);
    expect((await get(gateway, "/notes/v1.md")).text).toMatch(/^# Notes, v1\n/);
  });

  test("are compared: what breaks callers, on a page of its own", async () => {
    const gateway = await start({ notes: { versions } }, documents);
    expect((await get(gateway, "/notes/v1")).text).toContain('href="/.well-known/parley/services/notes/changes?from=v1&amp;to=v2"');
    const { status, text } = await get(gateway, "/notes/changes?from=v1&to=v2");
    expect([status, text.includes("What breaks callers"), text.includes("/parent")]).toEqual([200, true, true]);
    expect((await get(gateway, "/notes/changes?from=v1&to=v3")).status).toBe(404);
  });

  test("named by path are below it", async () => {
    const gateway = await start({ notes: { versions: { ...versions, select: { by: "path", default: "v2" } } } }, documents);
    expect(JSON.parse((await get(gateway, "/notes/v1/openapi.json")).text)).toMatchObject({ servers: [{ url: `${gateway.url}/notes/v1` }] });
  });

  test("in draft are for those who are pinned to them", async () => {
    const gateway = await start({ notes: { access: "key", versions } }, documents, { consumers: { acme: { key: "acme-key", versions: { notes: "v3" } }, other: { key: "other-key" } } });
    expect((await get(gateway, "/notes/v3", { "x-api-key": "acme-key" })).status).toBe(200);
    expect((await get(gateway, "/notes/", { "x-api-key": "acme-key" })).text).toContain("<h1>Notes, v3</h1>");
    expect((await get(gateway, "/notes/v3", { "x-api-key": "other-key" })).status).toBe(404);
  });
});

describe("rights", () => {
  test("whoever may not call the service is told that there is nothing, as of a service that does not exist", async () => {
    const gateway = await start({ notes: { access: "key" }, closed: { addresses: { allow: ["192.0.2.0/24"] } } }, { notes: document(), closed: document() }, { consumers: { acme: { key: "acme-key" }, other: { key: "other-key", access: ["another"] } } });
    const nothing = await get(gateway, "/nowhere/");
    expect(nothing.status).toBe(404);
    for (const [path, headers] of [["/notes/", {}], ["/notes/openapi.json", { "x-api-key": "wrong" }], ["/notes.md", { "x-api-key": "other-key" }], ["/closed/", {}], ["/closed/tags/notes", {}]] as [string, Record<string, string>][]) {
      const answer = await get(gateway, path, headers);
      expect([path, answer.status, answer.text]).toEqual([path, 404, nothing.text]);
    }
    expect((await get(gateway, "/notes/openapi.json", { "x-api-key": "acme-key" })).status).toBe(200);
  });

  test("keys cannot be guessed here more often than in calls", async () => {
    const gateway = await start({ notes: { access: "key" } }, { notes: document() }, { consumers: { acme: { key: "acme-key" } }, gateway: { limits: { wrongKeys: { attempts: 3, per: "1m" } } } });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count++) statuses.push((await get(gateway, "/notes/", { "x-api-key": `guess-${count}` })).status);
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
  });
});

describe("a document written by a stranger", () => {
  const hostile = document({
    info: { title: evil, version: evil, description: `${evil} [click](javascript:alert(1)) [data](data:text/html,x) [ok](https://example.com/?a=1&b="><script>) ${"\u202e"}`, contact: { url: "javascript:alert(3)" }, termsOfService: "javascript:alert(4)" },
    externalDocs: { url: "javascript:alert(5)" },
    tags: [{ name: evil, description: evil }],
    paths: {
      [`/{id}/${evil}`]: {
        get: {
          operationId: evil, tags: [evil], summary: evil, description: `\`\`\`\n${evil}\n\`\`\`\n\n- ${evil}\n# ${evil}`,
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", example: "'; rm -rf / #" }, description: evil }, { name: "X-Evil\r\nInjected", in: "header", required: true, example: "a\r\nb: '$(id)'", schema: { type: "string", enum: [evil], pattern: evil } }],
          responses: { 200: { description: evil, headers: { [evil]: {} }, content: { [evil]: { schema: { type: "object", properties: { [evil]: { description: evil, default: evil } } } } } } },
        },
      },
    },
  });

  test("runs nothing and leads nowhere but to the web, in any form", async () => {
    const gateway = await start({ notes: {} }, { notes: hostile });
    const [html, markdown] = [await get(gateway, "/notes/"), await get(gateway, "/notes.md")];
    expect(html.status).toBe(200);
    expect(html.text).not.toMatch(/<(?:img|script)|href="(?:javascript|data):|\u202e/i);
    expect(html.text.match(/<\/style>/g)).toHaveLength(1);
    expect([...html.text.matchAll(/<a href="([^"]*)"/g)].map(([, target]) => target).filter((target) => !/^(?:\/\.well-known\/parley\/|#)/.test(target ?? ""))).toEqual(["https://example.com/?a=1&amp;b=&quot;&gt;&lt;script&gt;"]);
    const outsideOfCode = markdown.text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
    expect(outsideOfCode).not.toMatch(/<(?:img|script)|[^\\]\]\((?!<\/\.well-known|<#|<https:\/\/example\.com\/\?a=1&b=">?%3E%3Cscript%3E>)/);
    // The shell reads what is in single quotes as it is.
    expect(html.text).toContain("%3B%20rm%20-rf");
    expect(html.text).toContain("b: '\\''$(id)'\\'''");
  });

  test("of 10 MB, with schemas that contain themselves, makes bounded pages, and calls go on meanwhile", async () => {
    const schemas = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`S${index}`, { type: "object", description: "d".repeat(100_000), properties: Object.fromEntries(Array.from({ length: 60 }, (_unused, other) => [`p${other}`, { $ref: `#/components/schemas/S${other}` }])), allOf: [{ $ref: `#/components/schemas/S${(index + 1) % 60}` }] }]));
    const content = { "application/json": { schema: { $ref: "#/components/schemas/S0" } } };
    const paths = { "/": { post: { description: "x".repeat(4_500_000), requestBody: { content }, responses: { 200: { description: "ok", content } } } } };
    const service = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
    await once(service, "listening");
    stops.push(async () => service.close());
    const large = document({ paths, components: { schemas } });
    expect(JSON.stringify(large).length).toBeGreaterThan(10_000_000);
    const gateway = await start({ notes: {}, other: { upstream: { targets: [{ url: `http://127.0.0.1:${(service.address() as AddressInfo).port}` }] } } }, { notes: large });
    const asked = get(gateway, "/notes/");
    expect((await fetch(`${gateway.url}/other/1`)).status).toBe(200);
    const { status, text } = await asked;
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(300_000);
  });

  test("whose text is not on disk is a page that comes later, and not an error of the gateway's", async () => {
    const gateway = await start({ notes: {} }, { notes: document() });
    const { rmSync } = await import("node:fs");
    rmSync(`${gateway.dataDirectory}/documents`, { recursive: true });
    const { status, headers, text } = await get(gateway, "/notes/");
    expect([status, headers.get("retry-after"), JSON.parse(text)]).toMatchObject([503, "2", { code: "document-unavailable", type: "/.well-known/parley/problems/document-unavailable" }]);
  });
});
