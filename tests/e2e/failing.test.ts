/** What people see and keep while the way to the control plane fails, and pages in the forms that are not the usual ones: an unknown address, paper, colours of one's own. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Gate, startGate } from "../harness/gate.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { put } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;
let gate: Gate;

beforeAll(async () => {
  parley = await startParley();
  await put(parley, "/api/services/notes", { path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:9" }] } });
  browser = await signedInBrowser(parley);
  gate = await startGate(parley.adminUrl);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gate[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

test("a save that did not arrive says so, keeps what was typed, and works once the way is open again", async () => {
  const { page, context } = await browser.page();
  await page.goto(`${gate.url}/services/notes`);
  const connect = page.getByRole("textbox", { name: "Connect" });
  await connect.fill("7s");
  gate.shut();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText("Parley does not answer").waitFor();
  expect(await connect.inputValue()).toBe("7s");
  gate.open();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved. In force within a second.").waitFor();
  const { spec } = (await (await parley.admin("/api/services/notes")).json()) as { spec: unknown };
  expect(spec).toMatchObject({ upstream: { timeouts: { connect: "7s" } } });
  await context.close();
});

test("what had no answer is asked for again by itself", async () => {
  const { page, context } = await browser.page();
  await page.goto(`${gate.url}/audit`);
  const row = page.getByRole("region", { name: "Audit" }).getByRole("row").filter({ hasText: "service notes" }).first();
  await row.waitFor();
  gate.shut();
  await page.getByRole("textbox", { name: "Kind" }).fill("service");
  await page.getByRole("alert").getByText("Parley does not answer").waitFor();
  await page.getByText("The control plane does not answer.").waitFor();
  gate.open();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await row.waitFor();
  await context.close();
});

test("an answer that is cut off in the middle is told as that, with a way to ask again", async () => {
  const { page, context } = await browser.page();
  await page.route("**/api/people*", (route) => route.fulfill({ contentType: "application/json", body: '{"items":[{"name":"an' }));
  await page.goto("/people");
  await page.getByRole("alert").getByText("The answer broke off").waitFor();
  expect(await page.locator("main .mantine-Skeleton-root").count()).toBe(0);
  await page.unroute("**/api/people*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("row", { name: /^ann/ }).waitFor();
  await context.close();
});

test("an address without a page has the navigation, and the palette that it speaks of", async () => {
  const { page, context } = await browser.page();
  await page.goto("/no/such/page");
  await page.getByText("There is no page at this address").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "Settings" }).click();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await context.close();
});

test("a page is printed whole, on white, and without the ways to other pages", async () => {
  const { page, context } = await browser.page({ scheme: "dark" });
  await page.goto("/ai/providers");
  await page.getByRole("row", { name: /^OpenAI/ }).waitFor();
  expect(await page.evaluate("document.documentElement.scrollHeight <= innerHeight")).toBe(true);
  await page.emulateMedia({ media: "print" });
  await page.getByRole("navigation", { name: "Pages" }).waitFor({ state: "hidden" });
  expect(await page.evaluate("document.documentElement.scrollHeight - document.querySelector('main').scrollHeight")).toBeLessThanOrEqual(0);
  expect(await page.evaluate("document.documentElement.scrollHeight > innerHeight")).toBe(true);
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
  await context.close();
});

test("with colours of one's own, what is chosen and what is switched on can be told", async () => {
  const { page, context } = await browser.page();
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/settings");
  const style = (selector: string, property: string) => page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)}))[${JSON.stringify(property)}]`);
  await page.getByText("Shortcuts of a single key").waitFor();
  expect(await style('nav [aria-current="page"]', "outlineStyle")).toBe("solid");
  expect(await style(".mantine-SegmentedControl-label[data-active]", "outlineStyle")).toBe("solid");
  expect(await style(".mantine-SegmentedControl-label:not([data-active])", "outlineStyle")).toBe("none");
  expect(await style(".mantine-Switch-track", "forcedColorAdjust")).toBe("none");
  await context.close();
});
