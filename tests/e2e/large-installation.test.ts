/** A long log, ten thousand services and a call of thirty thousand steps: what is drawn and asked for does not grow with them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import type { Interaction } from "./interaction.ts";
import { longCall, manyServices, writeLongLog } from "./large-installation.ts";
import { walkConsole } from "./large-walk.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const calls = 100_000;
let root: string;
let parley: Parley;
let browser: TestBrowser;
let taken: Interaction[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "parley-large-"));
  await writeLongLog(join(root, "data"), calls);
  parley = await startParley({ dataDirectory: join(root, "data"), yaml: manyServices({ services: 10_000, consumers: 1_000 }) });
  browser = await signedInBrowser(parley);
  taken = await walkConsole(browser);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

function step(name: string): Interaction {
  const found = taken.find((one) => one.name === name);
  if (!found) throw new Error(`no step is called ${name}`);
  return found;
}

test("16 what is drawn is bounded, whatever there is (maximhq/bifrost#2172)", () => {
  expect(taken.filter(({ elements }) => elements > 3_500)).toEqual([]);
  expect(step("30,000 steps: open").elements).toBeLessThan(1_000);
});

test("16 no page asks more than five questions to be opened", () => {
  expect(taken.filter(({ name, asked }) => name.endsWith(": open") && asked.length > 5)).toEqual([]);
});

test("19 the palette asks when it is opened, and never while somebody types", () => {
  // The page under it looks at the gateways now and then.
  const asked = (name: string): string[] => step(name).asked.filter((question) => question !== "/api/status");
  expect(asked("Palette: type one service of them all")).toEqual([]);
  expect(asked("Palette: one letter more")).toEqual([]);
  expect(step("Palette: one letter more").answeredMs).not.toBeNull();
});

test("a call of thirty thousand steps is read by its longest ones, and to its end", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto(`/calls/${longCall.id}`);
  const chart = page.getByRole("table", { name: "Where the time went" });
  await chart.waitFor();
  expect(Number(await chart.getAttribute("aria-rowcount"))).toBeGreaterThan(longCall.steps);
  await page.getByText("Longest first").click();
  await chart.getByRole("rowheader", { name: "answer" }).waitFor();
  await page.getByText("As they came").click();
  await chart.getByRole("rowgroup").press("End");
  await chart.locator(`[aria-rowindex="${longCall.steps}"]`).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("ten thousand services are put in order, found by name, and shown a hundred more at a time", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/services");
  const region = page.getByRole("region", { name: "Services" });
  const first = region.getByRole("row").nth(1);
  await page.getByText("100 of 10,000 shown").waitFor();
  const name = page.getByRole("columnheader", { name: "Name" });
  await name.getByRole("button").click();
  await first.getByText("service-0", { exact: true }).waitFor();
  await name.getByRole("button").click();
  await first.getByText("service-9999", { exact: true }).waitFor();
  expect(await name.getAttribute("aria-sort")).toBe("descending");
  await page.getByRole("button", { name: "Show 100 more" }).click();
  await page.getByText("200 of 10,000 shown").waitFor();
  await page.getByRole("textbox", { name: "Find in Services" }).fill("many/4711");
  await page.getByText("1 of 1 shown").waitFor();
  await first.getByText("service-4711", { exact: true }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
