/** Whoever has set larger text in the browser has larger controls, rows and plots around it, and pages that still fit the window. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { launch, openPage, signedInBrowser, type TestBrowser, type TestPage } from "./browser.ts";
import { fillSample } from "./sample.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let usual: TestBrowser;
let storageState: NonNullable<Parameters<typeof openPage>[1]["storageState"]>;

beforeAll(async () => {
  parley = await startParley();
  usual = await signedInBrowser(parley);
  await fillSample(parley);
  const { context } = await usual.page();
  storageState = await context.storageState();
  await context.close();
});

afterAll(async () => {
  await usual[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

/** Heights of a button, a field, a row of the list, an icon and a plot, as they are drawn. */
async function heights({ page }: TestPage): Promise<Record<string, number>> {
  const height = async (selector: string): Promise<number> => (await page.locator(selector).first().boundingBox())?.height ?? 0;
  await page.goto("/calls");
  await page.getByRole("grid", { name: "Calls" }).getByRole("row").nth(3).waitFor();
  const list = { button: await height("main .mantine-Button-root"), icon: await height("main .mantine-Button-root svg"), field: await height("main input"), row: await height("[role=rowgroup] > [role=row]") };
  await page.goto("/overview");
  await page.locator("main canvas").first().waitFor();
  return { ...list, plot: await height("main canvas") };
}

test("with text of twice its size, controls, icons, rows and plots are twice as high", async () => {
  await using browser = await launch({ textPx: 32 });
  // As wide as the usual one by what has room in it, so that both are laid out alike.
  const large = await openPage(browser, { width: 2_560, storageState, baseUrl: parley.adminUrl });
  const small = await usual.page({ width: 1_280 });
  const [here, there] = [await heights(large), await heights(small)];
  expect(Math.min(...Object.values(there))).toBeGreaterThan(10);
  for (const [what, height] of Object.entries(there)) expect([what, Math.abs((here[what] ?? 0) / height - 2) < 0.05]).toEqual([what, true]);
  await small.context.close();
});

test("with text of five times its size no page is wider than its window, and none complains", async () => {
  await using browser = await launch({ textPx: 80 });
  const { page, complaints } = await openPage(browser, { width: 1_600, storageState, baseUrl: parley.adminUrl });
  for (const path of ["/overview", "/live", "/calls", "/analysis", "/analysis?view=changes", "/conflicts", "/alerts", "/new/alert", "/services/notes", "/ai/spend", "/settings"]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
    expect([path, await page.evaluate("document.documentElement.scrollWidth - innerWidth")]).toEqual([path, 0]);
  }
  expect(complaints).toEqual([]);
});
