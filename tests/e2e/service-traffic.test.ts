/** A service's traffic in a real browser: drawn, its versions' lives, a release turned back, a call tried; and a call of a model with what was said. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type DocumentUpstream, documentUpstream } from "../harness/document-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { ask, fillSample, put, type Sample } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let upstream: DocumentUpstream;
let parley: Parley;
let browser: TestBrowser;
let sample: Sample;

beforeAll(async () => {
  upstream = await documentUpstream();
  upstream.documents.set("/7", { title: "Milk" });
  parley = await startParley();
  browser = await signedInBrowser(parley);
  sample = await fillSample(parley);
  const versions = { select: { by: "header", default: "v2" }, list: { v1: { deprecated: "2020-01-01", sunset: "2099-01-01", successor: "v2" }, v2: {} } };
  await put(parley, "/api/services/notes", { path: "/notes", conflict: { mode: "enforce" }, upstream: { targets: [{ url: upstream.url }] }, versions, canary: { version: "v2", target: upstream.url, percent: 100 } });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  await upstream.close();
});

async function callNotes(version: string): Promise<void> {
  const answer = await fetch(`${parley.gatewayUrl}/notes/7`, { headers: { authorization: `Bearer ${sample.key}`, "api-version": version } });
  expect(answer.status).toBe(200);
}

test.each([
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
] as const)("who calls which version, and on what it runs, in $scheme at $width px", async (view) => {
  const { page, context, complaints } = await browser.page(view);
  await eventually(async () => callNotes("v1").then(() => true));
  await callNotes("v2");
  await page.goto("/services/notes");
  await page.getByRole("link", { name: "Traffic, versions and a call to try" }).click();
  const drawing = page.getByRole("region", { name: "What flows where" });
  await drawing.getByText("acme").waitFor();
  await drawing.getByText("100 % of v2").waitFor();
  await page.getByRole("row", { name: /^v1 deprecated/ }).getByText("v2").first().waitFor({ state: "attached" });
  await page.getByRole("region", { name: "Canary", exact: true }).getByText("Errors (5xx)").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a call is tried by an operation of the document, and the release is turned back at once", async () => {
  const note = { type: "object", properties: { title: { type: "string", example: "Oats" } } };
  const put = { operationId: "putNote", summary: "Writes a note", parameters: [{ in: "path", name: "id", required: true, example: 7 }, { in: "query", name: "dry", schema: { type: "boolean" } }], requestBody: { content: { "application/json": { schema: note } } }, responses: { 200: { description: "ok" } } };
  const given = await parley.admin("/api/services/notes/versions/v1/openapi", { method: "PUT", headers: { "content-type": "application/json", "if-none-match": "*" }, body: JSON.stringify({ openapi: "3.1.0", info: { title: "Notes", version: "1" }, paths: { "/{id}": { put } } }) });
  expect(given.status).toBe(201);
  const { page, context, complaints } = await browser.page();
  await page.goto("/services/notes/traffic");
  await page.getByRole("textbox", { name: "Path and query" }).fill("/notes/7");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByRole("region", { name: "the answer's body" }).getByText("Milk").waitFor();
  await page.getByRole("combobox", { name: "Version to try" }).click();
  await page.getByRole("option", { name: "v1 (deprecated)" }).click();
  await page.getByRole("combobox", { name: "Operation" }).click();
  await page.getByRole("option", { name: "PUT /notes/{id} — Writes a note" }).click();
  await page.getByText("May also have query dry (true).").waitFor();
  expect(await page.getByRole("textbox", { name: "Path and query" }).inputValue()).toBe("/notes/7");
  expect(await page.getByRole("textbox", { name: "Header fields" }).inputValue()).toBe("API-Version: v1\nContent-Type: application/json");
  expect(await page.getByRole("textbox", { name: "Body" }).inputValue()).toBe('{\n  "title": "Oats"\n}');
  await page.getByRole("button", { name: "Use its ETag as If-Match" }).click();
  await vi.waitFor(async () => expect(await page.getByRole("textbox", { name: "Header fields" }).inputValue()).toMatch(/\nIf-Match: "[^"]+"$/), 20_000);
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await eventually(() => JSON.stringify(upstream.documents.get("/7")) === '{"title":"Oats"}');
  upstream.documents.set("/7", { title: "Milk" });
  await page.getByRole("button", { name: "Back at once" }).click();
  await page.getByText("The canary of notes gets no calls any more.").waitFor();
  const { spec } = (await (await parley.admin("/api/services/notes")).json()) as { spec: { canary: { percent: number; version: string } } };
  expect(spec.canary).toMatchObject({ percent: 0, version: "v2" });
  expect(complaints).toEqual([]);
  await context.close();
});

test("a mirror's answers are compared place by place, and a rollout is paused by hand", async () => {
  upstream.documents.set("/next/7", { title: "Oat milk" });
  const spec = { path: "/shown", access: "open", upstream: { targets: [{ url: upstream.url }] }, mirror: { target: `${upstream.url}/next`, percent: 100 }, canary: { target: upstream.url, percent: 10, rollout: {} } };
  await put(parley, "/api/services/shown", spec);
  await eventually(async () => (await fetch(`${parley.gatewayUrl}/shown/7`)).status === 200);
  for (let call = 0; call < 10; call++) await (await fetch(`${parley.gatewayUrl}/shown/7`)).text();
  const { page, context, complaints } = await browser.page({ width: 390 });
  await page.goto("/services/shown/traffic");
  await page.getByRole("row", { name: /^\/title .*"Milk" "Oat milk" GET \/shown\/7$/ }).waitFor();
  await page.getByText(/^0\.0 % of \d+ answers are alike$/).waitFor();
  await page.getByRole("button", { name: "Reset counts" }).click();
  await page.getByText("No answer has been compared yet").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("row", { name: /paused, 10 %/ }).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  expect(await axeFindings(page)).toEqual([]);
  await put(parley, "/api/services/a-service-with-a-name-that-is-long", { ...spec, path: "/department-of-records/registry-of-correspondence/letters" });
  await page.goto("/services");
  await page.getByRole("link", { name: /^a-service-with-a-name/ }).waitFor();
  expect(await page.getByRole("region", { name: "Services" }).evaluate((table) => table.scrollWidth - table.clientWidth)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a call of a model says how to keep what is said, and then shows it as a conversation", async () => {
  const { page, context, complaints } = await browser.page();
  const before = await ask(parley, sample.key, "not kept");
  await eventually(async () => (await parley.admin(`/api/calls/${before}`)).ok);
  await page.goto(`/calls/${before}`);
  await page.getByText("Prompts and answers are not stored").waitFor();
  const { etag, spec } = (await (await parley.admin("/api/settings/logging")).json()) as { etag: string; spec: object };
  const headers = { "content-type": "application/json", "if-match": etag };
  expect((await parley.admin("/api/settings/logging", { method: "PUT", headers, body: JSON.stringify({ spec: { ...spec, bodies: "all" } }) })).status).toBe(200);
  const kept = await eventually(async () => {
    const id = await ask(parley, sample.key, "said **aloud**");
    return (await eventually(async () => (await parley.admin(`/api/calls/${id}/bodies`)).ok, { withinMs: 3_000 }).catch(() => false)) ? id : false;
  });
  await page.goto(`/calls/${String(kept)}`);
  await page.getByText("aloud", { exact: true }).first().waitFor();
  await page.getByText("Raw", { exact: true }).click();
  await page.getByRole("region", { name: "request", exact: true }).getByText("said **aloud**").waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
