/** Observe in a real browser: one filter and range in the address, facets that add up, planted causes found, bursts that lose nothing. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { dataDirectory } from "@parley/contract/data-directory";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const minuteMs = 60_000;
const end = Math.floor(Date.now() / minuteMs) * minuteMs;
const hour = `from=${end - 60 * minuteMs}&to=${end}`;
const planted = 300;

let parley: Parley;
let browser: TestBrowser;

function record(index: number, more: Partial<CallRecord>): CallRecord {
  return {
    id: `history-${String(index).padStart(10, "0")}`, at: end - (index + 1) * 1_000, worker: 0, service: ["notes", "orders", "billing"][index % 3] as string, kind: "http", version: `v${1 + (index % 4)}`,
    consumer: ["acme", "globex", "initech", "umbrella"][index % 4] as string, method: index % 5 === 0 ? "PUT" : "GET", path: `/things/${index % 40}`, clientAddress: "127.0.0.1", status: 200, durationMs: 10 + (index % 50),
    requestBytes: 0, responseBytes: 100, attempts: 1, ...more,
  };
}

/** An hour with a call a second, in which orders' version v3 fails for five minutes. */
function history(): CallRecord[] {
  const usual = Array.from({ length: 3_000 }, (_, index) => record(index, index % 100 === 7 ? { status: 404 } : {}));
  const failing = Array.from({ length: planted }, (_, index) => record(10_000 + index, { at: end - 600_000 + index * 900, service: "orders", version: "v9", consumer: ["acme", "globex"][index % 2] as string, status: 502, error: "upstream-unreachable", durationMs: 900 }));
  return [...usual, ...failing];
}

function intoTheLog(records: readonly CallRecord[]): void {
  const { spool } = dataDirectory(parley.dataDirectory);
  mkdirSync(spool, { recursive: true });
  const segment = join(spool, `7-${Date.now()}-1.ndjson`);
  writeFileSync(`${segment}.part`, records.map((one) => `${JSON.stringify(one)}\n`).join(""));
  renameSync(`${segment}.part`, segment);
}

beforeAll(async () => {
  parley = await startParley();
  intoTheLog(history());
  await eventually(async () => ((await (await parley.admin(`/api/calls/facets?${hour}`)).json()) as { calls: number }).calls === 3_000 + planted, { withinMs: 60_000 });
  browser = await signedInBrowser(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

test("each figure of the overview leads to as many calls as it counts", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto(`/overview?${hour}`);
  await page.getByText("300 failed, 30 refused").waitFor();
  const services = page.getByRole("region", { name: "Services" }).getByRole("row").filter({ hasText: "orders" });
  await services.getByRole("link").nth(1).click();
  await page.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  await page.getByText("300 calls", { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("q")).toBe("service:orders status:500..599");
  expect(complaints).toEqual([]);
  await context.close();
});

test("dragging over a plot chooses its range for all pages, and the navigation takes filter and range along", async () => {
  const { page, context } = await browser.page();
  await page.goto(`/overview?${hour}&q=service%3Aorders`);
  const plot = page.getByRole("img", { name: /^Calls a second/ });
  await plot.locator("canvas").waitFor();
  const box = (await plot.locator(".u-over").boundingBox()) as { x: number; y: number; width: number; height: number };
  await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 70, { steps: 6 });
  await page.mouse.up();
  await page.waitForURL((url) => url.searchParams.get("from") !== String(end - 60 * minuteMs));
  const { searchParams } = new URL(page.url());
  const [from, to] = [Number(searchParams.get("from")), Number(searchParams.get("to"))];
  expect(Math.round((to - from) / minuteMs)).toBeGreaterThanOrEqual(28);
  expect(Math.round((to - from) / minuteMs)).toBeLessThanOrEqual(32);
  await page.getByRole("link", { name: "Analysis" }).click();
  await page.getByRole("heading", { level: 1, name: "Analysis" }).waitFor();
  expect(page.url()).toContain(`from=${from}`);
  expect(new URL(page.url()).searchParams.get("q")).toBe("service:orders");
  await context.close();
});

test("12 the explorer's whole state is in the address: somebody else sees the same rows, columns and detail", async () => {
  const { page, context } = await browser.page({ width: 1600 });
  await page.goto(`/calls?${hour}&q=status%3A404`);
  await page.getByText("30 calls", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Version" }).check();
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: "Version" }).waitFor();
  await page.keyboard.press("j");
  const chosen = page.getByRole("row", { selected: true });
  await chosen.waitFor();
  // Of the list: the detail beside it has rows of its own, which come later.
  const rows = (from: typeof page) => from.getByRole("grid", { name: "Calls" }).getByRole("row").allTextContents();
  const seen = await rows(page);
  const other = await browser.page({ width: 1600 });
  await other.page.goto(page.url());
  await other.page.getByRole("row", { selected: true }).waitFor();
  await vi.waitFor(async () => expect(await rows(other.page)).toEqual(seen), 20_000);
  expect(seen.length).toBeGreaterThan(10);
  await other.context.close();
  await context.close();
});

test("a column's head sorts by mouse and by keyboard, the address says how, and a small screen sorts too", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto(`/calls?${hour}&q=service%3Aorders,billing`);
  await page.getByText("2,300 calls", { exact: true }).waitFor();
  const rows = page.getByRole("grid", { name: "Calls" }).getByRole("row");
  const durations = async (): Promise<string[]> => (await rows.locator('[data-column="Duration"]').allTextContents()).slice(1, 7);
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("button").click();
  await rows.nth(1).filter({ hasText: "900 ms" }).waitFor();
  expect(await page.getByRole("columnheader", { name: "Duration" }).getAttribute("aria-sort")).toBe("descending");
  expect(new URL(page.url()).searchParams.get("sort")).toBe("latency");
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("button").focus();
  await page.keyboard.press("Enter");
  await rows.nth(1).filter({ hasText: "10 ms" }).waitFor();
  expect(await durations()).toEqual(Array.from({ length: 6 }, () => "10 ms"));
  const ids = (await page.evaluate("[...document.querySelectorAll('[role=grid] [role=rowgroup] [role=row]')].slice(0, 6).map((row) => row.id.replace('call-', ''))")) as string[];
  const { items } = (await (await parley.admin(`/api/calls?${hour}&query=service:orders,billing&sort=latency&order=asc&limit=6`)).json()) as { items: CallRecord[] };
  expect(ids).toEqual(items.map(({ id }) => id));
  expect(await axeFindings(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("combobox", { name: "In which order" }).selectOption("Slowest first");
  await rows.nth(1).filter({ hasText: "900 ms" }).waitFor();
  await page.getByText("2,300 calls", { exact: true }).waitFor();
  const cut = page.getByText("The first 2,000 in this order.");
  await eventually(async () => {
    await page.evaluate("(() => { const grid = document.querySelector('[role=grid]'); grid.scrollTop = grid.scrollHeight; })()");
    return cut.isVisible();
  });
  expect(complaints).toEqual([]);
  await context.close();
});

test("columns of one's choosing stand under their heads, and are scrolled to where the window is narrow", async () => {
  for (const width of [1280, 390]) {
    const { page, context } = await browser.page({ width });
    await page.goto(`/calls?${hour}&columns=time,status,path,upstream,attempts,size,tokens,cause`);
    const grid = page.getByRole("grid", { name: "Calls" });
    await grid.getByRole("row").nth(3).waitFor();
    const places = (await page.evaluate("[...document.querySelectorAll('[role=grid] [role=row]')].slice(0, 4).map((row) => [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left)))")) as number[][];
    expect(places.slice(1)).toEqual([places[0], places[0], places[0]]);
    expect(new Set(places[0]).size).toBe(8);
    await context.close();
  }
});

test("with the facets beside it at 1280 px, and in a window of 768 px, no column that is ticked or shown is out of sight", async () => {
  const { page, context } = await browser.page();
  await page.goto(`/calls?${hour}`);
  await page.getByRole("complementary", { name: "Facets" }).getByRole("button", { name: /^acme/ }).waitFor();
  await page.getByRole("grid", { name: "Calls" }).getByRole("row").nth(2).waitFor();
  const ends = (await page.evaluate("[...document.querySelectorAll('[role=rowgroup] > [role=row]')[1].children].map((cell) => cell.getBoundingClientRect()).map((box) => (box.width > 30 ? Math.round(box.right) : -1))")) as number[];
  expect(ends).toHaveLength(9);
  expect(Math.min(...ends)).toBeGreaterThan(400);
  expect(Math.max(...ends)).toBeLessThanOrEqual(1_280);
  for (const [width, view, table] of [[768, "view=changes", "Reasons"], [1_280, "view=groups&by=path,consumer&measure=p99Ms", "Groups"]] as const) {
    await page.setViewportSize({ width, height: 860 });
    await page.goto(`/analysis?${hour}&${view}`);
    const frame = page.getByRole("region", { name: table });
    await frame.getByRole("row").filter({ hasText: /\w/ }).nth(2).waitFor();
    expect([table, await page.evaluate(`(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("[role=region][aria-label=${table}]"))`)]).toEqual([table, 0]);
  }
  await context.close();
});

test("13 facets filter by a click, their counts add up to the query's total, and what cannot be read is told with its place", async () => {
  const { page, context } = await browser.page();
  await page.goto(`/calls?${hour}`);
  await page.getByText("3,300 calls", { exact: true }).waitFor();
  const facets = page.getByRole("complementary", { name: "Facets" });
  const count = async (value: string) => Number((await facets.getByRole("button", { name: new RegExp(`^${value}\\s*[\\d,]+$`) }).locator("small").textContent())?.replaceAll(",", ""));
  expect((await count("notes")) + (await count("orders")) + (await count("billing"))).toBe(3_300);
  await facets.getByRole("button", { name: /^502/ }).click();
  await page.getByText("300 calls", { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("q")).toBe("status:502");
  await facets.getByRole("button", { name: "Leave out consumer acme" }).click();
  await page.getByText("150 calls", { exact: true }).waitFor();

  const field = page.getByRole("combobox", { name: "Filter" });
  await field.fill("srvice:notes");
  await field.press("Enter");
  await page.getByRole("alert").getByText(/did you mean service/).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Use service" }).click();
  await page.getByText("1,000 calls", { exact: true }).waitFor();
  await context.close();
});

test.each(["/calls", "/live", "/analysis"])("%s shows no other calls where the address has a filter that cannot be read, and says so", async (path) => {
  const { page, context } = await browser.page();
  await page.goto(`${path}?${hour}&q=srvice%3Anotes`);
  await page.getByText("This filter cannot be read").waitFor();
  await page.getByRole("alert").getByText(/did you mean service/).waitFor();
  expect(await page.getByText("/things/").count()).toBe(0);
  expect(await page.getByText(/^[\d,]+ calls?$/).count()).toBe(0);
  await context.close();
});

test("a filter is completed by keyboard: the field, then its known values", async () => {
  const { page, context } = await browser.page();
  await page.goto(`/calls?${hour}`);
  await page.getByText("3,300 calls", { exact: true }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("serv");
  await page.getByRole("option", { name: /^service:/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: /^service:billing/ }).waitFor();
  await page.keyboard.type("bil");
  await page.getByRole("option", { name: /^service:notes/ }).waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("1,000 calls", { exact: true }).waitFor();
  await context.close();
});

test("14 why is this different: the planted cause is among the first three, for a selection and for a range", async () => {
  const { page, context } = await browser.page();
  await page.goto(`/analysis?${hour}&view=heatmap&selection=${encodeURIComponent("latency:>500ms")}`);
  const differences = page.getByRole("region", { name: "Differences" });
  // Rows stand there before what is in them has come.
  await differences.getByRole("row").filter({ hasText: /\w/ }).nth(3).waitFor();
  expect((await differences.getByRole("row").allTextContents()).slice(1, 6).join(" ")).toMatch(/v9/);
  await page.goto(`/analysis?from=${end - 10 * minuteMs}&to=${end - 5 * minuteMs}&view=changes`);
  const reasons = page.getByRole("region", { name: "Reasons" });
  await reasons.getByRole("row").filter({ hasText: /\w/ }).nth(2).waitFor();
  const first = (await reasons.getByRole("row").allTextContents()).slice(1, 4).join(" ");
  expect(first).toMatch(/v9/);
  expect(first).toMatch(/orders/);
  await context.close();
});

test("from the overview one click explains what moved, a second leaves it out, and each figure leads to as many calls", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto(`/overview?from=${end - 10 * minuteMs}&to=${end}`);
  await page.getByRole("link", { name: "Why? Errors" }).click();
  await page.getByText("300 in this range, 0 in the range before.").waitFor();
  const planted = page.getByRole("region", { name: "Reasons" }).getByRole("row").filter({ hasText: "v9" });
  await planted.getByText("100 %").first().waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await planted.getByRole("link", { name: "300" }).click();
  await page.getByText("300 calls", { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("q")).toBe("status:500..599 version:v9");
  await page.goBack();
  await planted.getByRole("button", { name: "Leave out version v9" }).click();
  await page.getByText("No single value explains the change").waitFor();
  expect(new URL(page.url()).searchParams.get("q")).toBe("-version:v9");
  expect(complaints).toEqual([]);
  await context.close();
});

test("15 a pause through a burst counts every call and loses none", async () => {
  const { page, context, complaints } = await browser.page();
  const burst = 1_500;
  await page.goto(`/live?q=${encodeURIComponent("path:/burst/*")}`);
  await page.locator("[data-live=open]").waitFor();
  await page.getByText("No call matches the filter in the last five minutes").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  // About 500 a second, where the machine can.
  for (let sent = 0; sent < burst; sent += 50) {
    const pause = new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([pause, ...Array.from({ length: 50 }, async (_, index) => (await fetch(`${parley.gatewayUrl}/burst/${sent + index}`)).arrayBuffer())]);
  }
  const resume = page.getByRole("button", { name: /^Resume/ });
  let label: string | null = "";
  await eventually(async () => (label = await resume.textContent()) === "Resume (+1,500)", { withinMs: 20_000, what: () => `all to be counted; it says ${label}` });
  await resume.click();
  const rows = page.getByRole("grid", { name: "Calls" }).getByRole("rowgroup");
  await eventually(async () => (await rows.evaluate((element) => (element as unknown as { clientHeight: number }).clientHeight)) === burst * 32, { withinMs: 30_000 });
  expect(complaints).toEqual([]);
  await context.close();
});

test("26 an alert shows before it is saved when it would have fired, and leads to the failing calls at their time", async () => {
  const { page, context } = await browser.page();
  await page.goto("/new/alert");
  await page.getByRole("textbox", { name: "Name" }).fill("orders-failing");
  await page.getByRole("textbox", { name: "Of which calls" }).fill("service:orders");
  await page.getByText(/It would have fired/).waitFor();
  await page.getByRole("region", { name: "Firings" }).getByRole("link", { name: "show" }).first().waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { level: 1, name: "orders-failing" }).waitFor();
  await page.getByRole("region", { name: "Firings" }).getByRole("link", { name: "show" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  expect(page.url()).toMatch(/from=\d+&to=\d+/);
  await page.getByText("upstream-unreachable").first().waitFor();
  await context.close();
});
