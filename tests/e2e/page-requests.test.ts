/** What a page costs to open: few requests, whatever it shows; and what it looks like meanwhile, where the network is slow. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { fillSample, put } from "./sample.ts";
import { mostShift, shiftsOf } from "./slow-network.ts";

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

test.each([
  [768, ["/alerts", "/analysis?view=heatmap&selection=status%3A400..599"]],
  [390, ["/start", "/ai/providers/sandbox", "/analysis", "/alerts"]],
])("over a slow network nothing jumps as it comes, at %i px", async (width, paths) => {
  for (const name of ["one", "two", "three", "four"]) {
    await put(parley, `/api/channels/${name}`, { webhook: "http://127.0.0.1:9/hook", private: true });
    await put(parley, `/api/alerts/${name}`, { when: { metric: "errors", above: 1_000, window: "10m" }, notify: [name] });
  }
  const opened = await browser.page({ width });
  for (const [path, shift] of Object.entries(await shiftsOf(opened, paths))) expect(shift, path).toBeLessThan(mostShift);
  expect(opened.complaints).toEqual([]);
  await opened.context.close();
});

test("the first page says that it loads before a script has come", async () => {
  const { page, context } = await browser.page();
  const held = new Promise<() => Promise<void>>((resolve) => void page.route("**/assets/index-*.js", (route) => resolve(() => route.continue())));
  await page.goto("/overview", { waitUntil: "commit" });
  await page.getByRole("status").filter({ hasText: "Parley is loading" }).waitFor();
  await (await held)();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  expect(await page.getByText("Parley is loading").count()).toBe(0);
  await context.close();
});

test("the entry script stays under 250 KB as it travels", async () => {
  const html = await (await fetch(parley.adminUrl)).text();
  const entry = /src="(\/assets\/index-[^"]+\.js)"/.exec(html)?.[1] ?? "";
  const answer = await fetch(new URL(entry, parley.adminUrl));
  expect(gzipSync(Buffer.from(await answer.arrayBuffer())).length).toBeLessThan(250 * 1_024);
});
