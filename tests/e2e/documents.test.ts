/** Documents and the response cache in a real browser: a new document compared, its breaking change acknowledged and published; what is cached shown and purged. */
import { createServer } from "node:http";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { put } from "./sample.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let upstream: Awaited<ReturnType<typeof listen>>;
let parley: Parley;
let browser: TestBrowser;

const document = (properties: string): string => `openapi: 3.0.3
info: { title: Notes, version: "1" }
paths:
  /{id}:
    get:
      operationId: readNote
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "200": { description: a note, content: { application/json: { schema: { type: object, required: [title], properties: { ${properties} } } } } }
`;

beforeAll(async () => {
  upstream = await listen(createServer((_request, response) => response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "max-age=600" }).end('{"title":"Milk"}')));
  parley = await startParley();
  browser = await signedInBrowser(parley);
  await put(parley, "/api/services/notes", { path: "/notes", access: "open", upstream: { targets: [{ url: upstream.url }] }, cache: {}, conflict: { mode: "off" } });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

function sectionOf(page: Page, heading: string): Locator {
  return page.locator("section").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });
}

async function published(): Promise<string> {
  return (await parley.admin("/api/services/notes/openapi")).text();
}

test("a document is published, and one that breaks callers only once that is acknowledged", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/services/notes/traffic");
  const section = sectionOf(page, "A new document");
  const propose = async (text: string): Promise<void> => {
    await section.getByRole("textbox", { name: "The document" }).fill(text);
    await section.getByRole("button", { name: "Show what it changes" }).click();
  };
  await propose("not: an OpenAPI document");
  await section.getByRole("button", { name: "Publish" }).click();
  await section.getByText("document-invalid").waitFor();
  await propose(document("title: { type: string }, status: { type: string }"));
  await section.getByText("this would be the first").waitFor();
  await section.getByRole("button", { name: "Publish" }).click();
  await section.getByText("Published, with 1 operation").waitFor();
  await propose(document("title: { type: integer }"));
  await section.getByText("not acknowledged yet").waitFor();
  expect(await section.getByRole("button", { name: "Publish" }).isDisabled()).toBe(true);
  for (const box of await section.getByRole("checkbox", { name: /^Meant: / }).all()) await box.check();
  await section.getByRole("button", { name: "Publish" }).click();
  await section.getByText("Published, with 1 operation").waitFor();
  expect(await published()).toContain("integer");
  const { items } = (await (await parley.admin("/api/audit?kind=document")).json()) as { items: { name: string }[] };
  expect(items).toHaveLength(2);
  // Somebody else's publishing in between is not lost.
  await propose(document("title: { type: integer }, more: {}"));
  await section.getByRole("button", { name: "Publish" }).waitFor();
  const { headers } = await parley.admin("/api/services/notes/openapi");
  await parley.admin("/api/services/notes/openapi", { method: "PUT", headers: { "content-type": "text/plain", "if-match": String(headers.get("etag")) }, body: document("title: { type: integer }, other: {}") });
  await section.getByRole("button", { name: "Publish" }).click();
  await section.getByText("precondition-failed").waitFor();
  expect(await published()).toContain("other");
  expect(complaints.filter((complaint) => !/ (?:404|412|422) /.test(complaint))).toEqual([]);
  await context.close();
});

test.each([
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
] as const)("what the response cache has, and purging it, in $scheme at $width px", async (view) => {
  const { page, context, complaints } = await browser.page(view);
  await fetch(`${parley.gatewayUrl}/notes/1`);
  await eventually(async () => (await fetch(`${parley.gatewayUrl}/notes/1`)).headers.get("cache-status")?.includes("hit") === true);
  await page.goto("/services/notes/traffic");
  const section = sectionOf(page, "Response cache");
  await section.getByText(/1 answer, /).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  expect(await axeFindings(page)).toEqual([]);
  await section.getByRole("button", { name: "Purge" }).click();
  await section.getByText("1 answer purged, by 1 worker.").waitFor();
  await section.getByText(/0 answers, /).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});
