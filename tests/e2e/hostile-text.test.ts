/**
 * What strangers can put into a call (paths, User-Agent, models' names, bytes that are no text) stays text wherever it is shown:
 * in the console, a terminal, files for spreadsheets, metrics, the access log and what alerts send.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { openRaw, statusOf } from "../harness/raw-http.ts";
import { parleyCommand, runCommand } from "../harness/run-command.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen, type TestServer } from "../harness/test-server.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const markup = "<img src=x onerror=window.hacked=1>";
const formula = "=HYPERLINK(\"http://evil.example\";\"click\")";
/** Sets a window's title, turns the direction of writing, ends with half a character. */
const escapes = `\u001B]0;owned\u0007\u202E${markup}\uD800`;
/** The 8-bit introducer of control sequences, and bytes that are no UTF-8. */
const noText = Buffer.from([0x9b, 0x33, 0x31, 0x6d, 0xff, 0xfe, 0xc3, 0x28]);

let parley: Parley;
let receiver: TestServer;
let folder: string;
let browser: TestBrowser;
const received: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-hostile-"));
  receiver = await listen(createServer((request, response) => {
    let text = "";
    request.on("data", (piece) => (text += String(piece))).on("end", () => {
      received.push(text);
      response.end();
    });
  }));
  parley = await startParley({
    yaml: `services: { open: { path: /open, access: open, upstream: { targets: [{ url: "http://127.0.0.1:9" }] } } }
ai: { access: open, providers: { sandbox: {} } }
logging: { access: { format: json, file: ${folder}/access.log } }
alerts: { failing: { when: { metric: errors, above: 0, window: 1m }, notify: [ops], description: "${markup.replaceAll('"', "")}" } }
channels: { ops: { webhook: "${receiver.url}/hook" } }\n`,
  });
  using raw = await openRaw(parley.gatewayUrl);
  raw.write(Buffer.concat([Buffer.from(`GET /open/${encodeURI(markup)}${markup.replaceAll(" ", "/")} HTTP/1.1\r\nHost: a\r\nUser-Agent: `), Buffer.from(formula), Buffer.from("\r\nConnection: close\r\n\r\n")]));
  expect(statusOf(await raw.closed)).toBe(502);
  using bytes = await openRaw(parley.gatewayUrl);
  bytes.write(Buffer.concat([Buffer.from("GET /open/bytes HTTP/1.1\r\nHost: a\r\nUser-Agent: "), noText, Buffer.from("\r\nConnection: close\r\n\r\n")]));
  expect(statusOf(await bytes.closed)).toBe(502);
  const asked = await fetch(`${parley.gatewayUrl}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: escapes, messages: [{ role: "user", content: escapes }] }) });
  expect(asked.status).toBe(404);
  await eventually(async () => ((await (await parley.admin("/api/calls")).json()) as { items: unknown[] }).items.length === 3);
});

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

// oxlint-disable-next-line no-control-regex -- they are what is looked for.
const active = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test("a header of a megabyte is refused at the door, and the next call is served", async () => {
  using raw = await openRaw(parley.gatewayUrl);
  raw.write(`GET /open/1 HTTP/1.1\r\nHost: a\r\nX-Long: ${"a".repeat(1_048_576)}\r\n\r\n`);
  // The answer may be lost with the connection, which is cut under what is still being sent.
  await raw.closed.catch(() => undefined);
  expect([431, 0]).toContain(statusOf(raw.received()));
  expect((await fetch(`${parley.gatewayUrl}/open/after`)).status).toBe(502);
});

test("the terminal gets code points instead of what would move its cursor: calls and tail, for people and as JSON", async () => {
  const here = { PARLEY_DATA: parley.dataDirectory };
  for (const words of [["calls"], ["calls", "--json"], ["calls", "--query", "status:404"]]) {
    const { status, out, error } = await parleyCommand(words, here);
    expect([status, error]).toEqual([0, ""]);
    expect(out).not.toMatch(active);
    if (words.includes("--json")) JSON.parse(out);
  }
  const tail = runCommand(tmpdir(), { args: ["tail", "--data", parley.dataDirectory] });
  await eventually(async () => {
    await fetch(`${parley.gatewayUrl}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: escapes, messages: [] }) });
    return tail.output().includes("owned") || tail.output().split("\n").length > 2;
  });
  tail.child.kill("SIGTERM");
  expect(tail.output()).not.toMatch(active);
});

test("a spreadsheet finds no formula in the export, and every format is whole", async () => {
  const csv = await (await parley.admin("/api/calls/export?format=csv")).text();
  expect(csv).toContain("HYPERLINK");
  expect(csv).not.toMatch(/(^|,|\r\n)"?=HYPERLINK/);
  const lines = (await (await parley.admin("/api/calls/export?format=ndjson")).text()).trim().split("\n").map((line) => JSON.parse(line) as { userAgent?: string; modelRequested?: string });
  expect(lines.some(({ userAgent }) => userAgent === formula)).toBe(true);
  expect(lines.filter(({ userAgent }) => userAgent?.includes("\uFFFD") || userAgent?.includes("\u009B"))).toHaveLength(1);
  const parquet = Buffer.from(await (await parley.admin("/api/calls/export?format=parquet")).arrayBuffer());
  // Both ends of a whole file have its mark.
  expect([parquet.toString("latin1", 0, 4), parquet.toString("latin1", parquet.length - 4)]).toEqual(["PAR1", "PAR1"]);
});

test("metrics stay one series a line, and the access log one JSON object a line", async () => {
  const metrics = await (await parley.admin("/metrics")).text();
  expect(metrics.replaceAll("\n", "")).not.toMatch(active);
  for (const line of metrics.trim().split("\n")) expect(line).toMatch(/^(#.*|[a-zA-Z_:][\w:]*(\{.*\})? [-+\w.]+)$/);
  const log = await eventually(() => {
    const text = readFileSync(join(folder, "access.log"), "utf8");
    return text.split("\n").length > 3 ? text : null;
  });
  for (const line of log.trim().split("\n")) JSON.parse(line);
  expect(log.replaceAll("\n", "")).not.toMatch(active);
});

test("what an alert sends is one JSON document that says what happened", async () => {
  const text = await eventually(() => received[0], { withinMs: 90_000 });
  expect(JSON.parse(text)).toMatchObject({ alerts: [{ alert: "failing", state: "firing", description: markup }] });
  expect(text).not.toMatch(active);
});

test.each([["the list", "/calls"], ["the overview", "/overview"], ["groups by path", "/analysis?view=groups&by=path"], ["groups by model", "/analysis?view=groups&by=model"], ["alerts", "/alerts"], ["an alert", "/alerts/failing"], ["conflicts", "/conflicts"]])("the console shows it as text and nothing of it runs: %s", async (_, path) => {
  browser ??= await signedInBrowser(parley);
  const { page, context, complaints } = await browser.page();
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

const directing = /[\u202a-\u202e\u2066-\u2069]/;

test("and on each call's own page, with its snippets to copy", async () => {
  browser ??= await signedInBrowser(parley);
  const { items } = (await (await parley.admin("/api/calls?limit=1000")).json()) as { items: { id: string; path: string }[] };
  expect(items.some(({ path }) => path.includes("onerror"))).toBe(true);
  for (const { id } of items.slice(-3)) {
    const { page, context, complaints } = await browser.page();
    await page.goto(`/calls/${id}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(await page.locator("img[src=x]").count()).toBe(0);
    // In a sentence they would turn our own words around; what stands by itself turns nothing but itself.
    expect((await page.locator("main p").allTextContents()).filter((text) => directing.test(text))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  }
});
