/** The live list: calls appear by themselves, and a pause loses nothing. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { allowedMs } from "../harness/allowed-time.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { ask, fillSample, type Sample } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;
let sample: Sample;

beforeAll(async () => {
  parley = await startParley();
  browser = await signedInBrowser(parley);
  sample = await fillSample(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

test("a call is in the list soon after its end, without reloading", async () => {
  const { page, context } = await browser.page();
  await page.goto("/calls");
  await page.locator("[data-live=open]").waitFor();
  const id = await ask(parley, sample.key, "now");
  await page.locator(`#call-${id}`).waitFor({ timeout: allowedMs(5_000) });
  await context.close();
});

test("a pause holds what arrives, counts it, and loses none of it", async () => {
  const { page, context } = await browser.page();
  await page.goto("/calls");
  await page.locator("[data-live=open]").waitFor();
  await page.getByRole("row").nth(1).waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  const ids: string[] = [];
  for (let number = 0; number < 12; number += 1) ids.push(await ask(parley, sample.key, `call ${number}`));
  await page.getByRole("button", { name: "Resume (+12)" }).waitFor();
  expect(await page.locator(`#call-${ids[0]}`).count()).toBe(0);
  await page.getByRole("button", { name: "Resume (+12)" }).click();
  for (const id of ids) await page.locator(`#call-${id}`).waitFor();
  await context.close();
});

test("a filter stands in the address and holds for what arrives live too", async () => {
  const { page, context } = await browser.page();
  await page.goto("/calls?status=4xx");
  await page.getByText("unknown-key").first().waitFor();
  const before = await page.getByRole("row").count();
  await ask(parley, sample.key, "fine");
  const failed = await ask(parley, "wrong", "refused");
  await page.locator(`#call-${failed}`).waitFor();
  expect(await page.getByRole("row").count()).toBe(before + 1);
  await context.close();
});
