/** Everything by keyboard: the palette, a whole task without a mouse, walking the list, and turning single keys off. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { fillSample, put } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;

beforeAll(async () => {
  parley = await startParley();
  browser = await signedInBrowser(parley);
  await fillSample(parley);
  await put(parley, "/api/channels/pager", { webhook: "http://127.0.0.1:9/hook" });
  await put(parley, "/api/alerts/failing", { when: { metric: "errors", above: 5 }, notify: ["pager"] });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

test("19 the palette leads to a page, an object and an action by name", async () => {
  const { page, context } = await browser.page();
  await page.goto("/health");
  await page.getByRole("heading", { level: 1, name: "Health" }).waitFor();
  for (const [typed, heading] of [["audi", "Audit"], ["acme", "acme"], ["transl", "translate"], ["failing", "failing"], ["pager", "pager"], ["add ser", "New service"]] as const) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search pages" }).fill(typed);
    await page.getByRole("option", { selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  }
  await context.close();
});

test("18 a consumer is added without a mouse", async () => {
  const { page, context } = await browser.page();
  await page.goto("/consumers");
  await page.getByRole("heading", { level: 1, name: "Consumers" }).waitFor();
  await page.keyboard.press("n");
  await page.locator("input:focus").waitFor();
  await page.keyboard.type("by-keyboard");
  for (let presses = 0; presses < 12 && (await page.evaluate("document.activeElement?.textContent")) !== "Create"; presses += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "by-keyboard" }).waitFor();
  await context.close();
});

test("J and K walk through the calls with the detail beside, O opens one, and the address shows the same to others", async () => {
  const { page, context } = await browser.page({ width: 1440 });
  await page.goto("/calls");
  const rows = page.getByRole("row", { selected: true });
  await page.getByText("/nothing", { exact: false }).first().waitFor();
  await page.keyboard.press("j");
  await rows.filter({ hasText: "/nothing" }).waitFor();
  await page.keyboard.press("j");
  await rows.filter({ hasText: "unknown-key" }).waitFor();
  await page.getByRole("complementary", { name: "The chosen call" }).getByText("The key is unknown, expired or revoked", { exact: true }).waitFor();
  await page.keyboard.press("k");
  await rows.filter({ hasText: "/nothing" }).waitFor();

  const other = await browser.page({ width: 1440 });
  await other.page.goto(page.url());
  await other.page.getByRole("complementary", { name: "The chosen call" }).getByText("/nothing").first().waitFor();
  await other.context.close();

  await page.keyboard.press("o");
  await page.getByRole("heading", { level: 1, name: "Call" }).waitFor();
  await context.close();
});

const twoPictures = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))";

test("18 ? lists what works here, and single keys can be turned off while Ctrl K stays", async () => {
  const { page, context } = await browser.page();
  await page.goto("/calls");
  await page.getByText("/nothing", { exact: false }).first().waitFor();
  const chosen = page.getByRole("row", { selected: true });
  // What is off afterwards has to work before.
  await page.keyboard.press("j");
  await chosen.waitFor();
  await page.keyboard.press("Escape");
  await chosen.waitFor({ state: "detached" });
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.getByText("Next call").waitFor();
  await dialog.getByRole("switch", { name: "Shortcuts of a single key" }).click();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("j");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("combobox", { name: "Search pages" });
  await palette.waitFor();
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "detached" });
  await page.evaluate(twoPictures);
  expect([await chosen.count(), new URL(page.url()).searchParams.get("call")]).toEqual([0, null]);
  await context.close();
});
