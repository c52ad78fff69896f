/** What a page costs to open: few requests, whatever it shows. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { fillSample } from "./sample.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;
let call: string;

beforeAll(async () => {
  parley = await startParley();
  browser = await signedInBrowser(parley);
  await fillSample(parley);
  call = await eventually(async () => ((await (await parley.admin("/api/calls?limit=1")).json()) as { items: { id: string }[] }).items[0]?.id);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

test.each(["/overview", "/live", "/calls", "/calls?q=status%3A4xx", "/calls/:id", "/conflicts", "/analysis?view=groups", "/analysis?view=heatmap", "/analysis?view=heatmap&selection=status%3A400..599", "/analysis?view=changes", "/analysis?view=cost", "/alerts", "/new/alert", "/services", "/health", "/settings"])(
  "16 at most five requests open %s (BerriAI/litellm#13182)",
  async (path) => {
    const { page, context, complaints } = await browser.page();
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/api/")) asked.push(`${request.method()} ${pathname}`);
    });
    await page.goto(path.replace(":id", call));
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    await page.getByRole("heading", { level: 1 }).waitFor();
    // Streams stay open, so that the network never idles on some; everything that a page asks by itself it asks as it is drawn.
    await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(5);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test("the entry script stays under 250 KB as it travels", async () => {
  const html = await (await fetch(parley.adminUrl)).text();
  const entry = /src="(\/assets\/index-[^"]+\.js)"/.exec(html)?.[1] ?? "";
  const answer = await fetch(new URL(entry, parley.adminUrl));
  expect(gzipSync(Buffer.from(await answer.arrayBuffer())).length).toBeLessThan(250 * 1_024);
});
