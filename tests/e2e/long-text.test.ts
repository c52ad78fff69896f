/** A path of two thousand letters leaves room for what became of the call and for the figures beside it, and a name that is written from the right moves nothing. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const rightToLeft = "نموذج العربية الكبير";

let parley: Parley;
let browser: TestBrowser;

beforeAll(async () => {
  parley = await startParley({ yaml: `services: { open: { path: /open, access: open, upstream: { targets: [{ url: "http://127.0.0.1:9" }] } } }\nai: { access: open, providers: { far: { kind: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", models: ["${rightToLeft}"] } } }\n` });
  expect((await fetch(`${parley.gatewayUrl}/open/${"long".repeat(500)}`)).status).toBe(502);
  await eventually(async () => ((await (await parley.admin("/api/calls")).json()) as { items: unknown[] }).items.length === 1);
  expect((await fetch(`${parley.gatewayUrl}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: `far/${rightToLeft}`, messages: [{ role: "user", content: "a" }] }) })).status).toBe(502);
  await eventually(async () => ((await (await parley.admin("/api/calls")).json()) as { items: unknown[] }).items.length === 2);
  browser = await signedInBrowser(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

test.each([1280, 390])("the list says why a call failed, beside the path and with the detail open, at %i px", async (width) => {
  const { page, context } = await browser.page({ width });
  await page.goto("/calls");
  const cell = page.getByRole("gridcell").filter({ hasText: "longlong" });
  const isWhole = async (): Promise<boolean> => {
    const [room, code] = [await cell.boundingBox(), await cell.getByText("upstream-unreachable").boundingBox()];
    return room !== null && code !== null && code.width > 40 && code.x + code.width <= room.x + room.width + 1;
  };
  await eventually(isWhole);
  if (width === 1280) {
    await page.keyboard.press("j");
    await page.getByText("The gateway gave up").waitFor();
    await eventually(isWhole);
    expect((await page.getByText("The gateway gave up").boundingBox())?.y).toBeLessThan(300);
  }
  await context.close();
});

test("no column of figures is pushed out of a table", async () => {
  const { page, context } = await browser.page();
  await page.goto("/analysis?view=groups&by=path");
  await page.getByText("longlong").first().waitFor();
  const tooWide = await page.evaluate("[...document.querySelectorAll('[role=region]:has(table)')].filter((frame) => frame.scrollWidth > frame.clientWidth + 1).map((frame) => frame.ariaLabel)");
  expect(tooWide).toEqual([]);
  await context.close();
});

test("at 390 px a difference is seen beside its baseline", async () => {
  const { page, context } = await browser.page({ width: 390 });
  await page.goto("/analysis?view=heatmap&selection=service%3Aopen");
  const table = page.getByRole("region", { name: "Differences" });
  await table.getByText("longlong").first().waitFor();
  const baseline = await table.getByRole("columnheader", { name: "Of all calls" }).boundingBox();
  expect((baseline?.x ?? 390) + (baseline?.width ?? 0)).toBeLessThanOrEqual(390);
  await context.close();
});

test("a name that is written from the right keeps its own order, and what stands beside it its place", async () => {
  const { page, context } = await browser.page();
  await page.goto("/analysis?view=groups&by=model");
  const name = page.getByRole("region", { name: "Groups" }).locator("bdi", { hasText: rightToLeft });
  await name.waitFor();
  expect(await page.evaluate("getComputedStyle(document.querySelector('[aria-label=Groups] bdi')).direction")).toBe("rtl");
  const [icon, text] = [await name.locator("xpath=preceding-sibling::*").boundingBox(), await name.boundingBox()];
  expect((icon?.x ?? 0) + (icon?.width ?? 0)).toBeLessThanOrEqual(text?.x ?? 0);
  await context.close();
});
