/** A service's documents for its callers in a real browser: readable in light, dark and at 390 px, and nothing of a stranger's text runs. */
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";
import { axeFindings } from "./axe.ts";
import { launch, openPage } from "./browser.ts";
import { put } from "./sample.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const evil = `<img src=x onerror=window.hacked=1><script>window.hacked=2</script>`;

const document = (required: string): string => `openapi: 3.0.3
info: { title: Notes, version: "2026.1", description: "Reads and writes **notes**. See [the guide](https://example.com/guide), not [this](javascript:alert(1)). ${evil}" }
servers: [{ url: "http://10.0.0.7:9001/internal" }]
tags: [{ name: Notes, description: "What there is to do with one note." }]
paths:
  /{id}:
    parameters: [{ name: id, in: path, required: true, description: "Of the note. ${evil}", schema: { type: string, format: uuid } }]
    get:
      operationId: readNote
      summary: Reads a note
      tags: [Notes]
      parameters: [{ name: fields, in: query, schema: { type: array, items: { type: string, enum: [title, body, tags, a-name-that-is-so-long-that-it-does-not-fit-into-a-narrow-window-by-any-means] } } }]
      responses: { "200": { description: The note, content: { application/json: { schema: { $ref: "#/components/schemas/Note" } } } }, "404": { description: There is none } }
    put:
      operationId: writeNote
      summary: Writes a note
      tags: [Notes]
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Note" } } } }
      responses: { "204": { description: Written }, "412": { description: Somebody was faster } }
components:
  schemas:
    Note: { type: object, required: [${required}], properties: { title: { type: string, maxLength: 80, description: What it is about }, body: { type: string }, tags: { type: array, items: { type: string } }, parent: { $ref: "#/components/schemas/Note" } } }
`;

let upstream: Awaited<ReturnType<typeof listen>>;
let parley: Parley;
let browser: Awaited<ReturnType<typeof launch>>;

beforeAll(async () => {
  upstream = await listen(createServer((_request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end('{"title":"Milk"}')));
  parley = await startParley();
  browser = await launch();
  const versions = { select: { by: "header", default: "v2" }, list: { v1: { deprecated: "2026-01-01", sunset: "2031-01-01", successor: "v2" }, v2: {} } };
  await put(parley, "/api/services/notes", { path: "/notes", access: "open", upstream: { targets: [{ url: upstream.url }] }, conflict: { mode: "require" }, limits: [{ requests: 600, per: "1m" }], versions });
  for (const [version, required] of [["v1", "title"], ["v2", "title, body"]] as const) {
    const answer = await parley.admin(`/api/services/notes/versions/${version}/openapi`, { method: "PUT", headers: { "content-type": "application/yaml", "if-none-match": "*" }, body: document(required) });
    expect(answer.status).toBe(201);
  }
});

afterAll(async () => {
  await browser.close();
  await parley[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

test.each([
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
] as const)("the page, what changed, and the way between them, in $scheme at $width px", async (view) => {
  const { page, context, complaints } = await openPage(browser, { ...view, baseUrl: parley.gatewayUrl });
  for (const path of ["/.well-known/parley/services/notes/", "/.well-known/parley/services/notes/changes?from=v1&to=v2"]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
  }
  await page.getByRole("link", { name: "v1" }).click();
  await page.getByRole("heading", { level: 1, name: "Notes, v1" }).waitFor();
  await page.getByRole("link", { name: "GET /notes/{id}" }).click();
  await page.getByRole("heading", { level: 3, name: /Reads a note/ }).waitFor();
  expect(await page.locator("a[href^='javascript']").count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a generated client finds the document, and the gateway in it", async () => {
  const whole = (await (await fetch(`${parley.gatewayUrl}/.well-known/parley/services/notes/v1/openapi.json`)).json()) as { servers: unknown; paths: object };
  expect([whole.servers, Object.keys(whole.paths)]).toEqual([[{ url: `${parley.gatewayUrl}/notes` }], ["/{id}"]]);
  expect(JSON.stringify(whole)).not.toContain("10.0.0.7");
});
