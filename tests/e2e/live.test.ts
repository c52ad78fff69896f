/** The live list: calls appear by themselves, and a pause loses nothing. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { allowedMs } from "../harness/allowed-time.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { ask, fillSample, put, type Sample } from "./sample.ts";

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

test("8 a call is in the list soon after its end, without reloading", async () => {
  const { page, context } = await browser.page();
  await page.goto("/calls");
  await page.locator("[data-live=open]").waitFor();
  const id = await ask(parley, sample.key, "now");
  await page.locator(`#call-${id}`).waitFor({ timeout: allowedMs(5_000) });
  await context.close();
});

/** In the page, before each picture: the smallest distance between two rows that was ever seen, and how often anything was. */
const watchRows = `globalThis.seen = { pictures: 0, least: Infinity };
const look = () => {
  const tops = [...document.querySelectorAll('[role=rowgroup] > [role=row][id]')].map((row) => row.getBoundingClientRect().top).toSorted((one, other) => one - other);
  for (let next = 1; next < tops.length; next++) seen.least = Math.min(seen.least, tops[next] - tops[next - 1]);
  seen.pictures += 1;
  requestAnimationFrame(look);
};
requestAnimationFrame(look);`;

test("while calls arrive no row stands over another in any picture, also where motion is reduced", async () => {
  const { page, context } = await browser.page();
  await page.goto("/live");
  await page.locator("[data-live=open]").waitFor();
  await page.locator(`#call-${await ask(parley, sample.key, "the first")}`).waitFor();
  await page.evaluate(watchRows);
  // One by one, so that rows move as often as calls come.
  for (let number = 0; number < 20; number += 1) await page.locator(`#call-${await ask(parley, sample.key, `row ${number}`)}`).waitFor();
  const { pictures, least } = (await page.evaluate("seen")) as { pictures: number; least: number };
  expect(pictures).toBeGreaterThan(20);
  expect(least).toBeGreaterThanOrEqual(32);
  await context.close();
});

async function keepAllBodies(): Promise<void> {
  const { spec } = (await (await parley.admin("/api/settings/logging")).json()) as { spec: object };
  await put(parley, "/api/settings/logging", { ...spec, bodies: "all" });
}

test("a call whose bodies are not kept says so, and is no error of the page", async () => {
  const id = await ask(parley, "wrong", "refused before it is read");
  await eventually(async () => (await parley.admin(`/api/calls/${id}`)).ok);
  await keepAllBodies();
  const { page, context, complaints } = await browser.page();
  const answered = page.waitForResponse((response) => response.url().includes(`/api/calls/${id}/bodies`));
  await page.goto(`/calls/${id}`);
  expect((await answered).status()).toBe(200);
  await page.getByText("This call's bodies are not stored").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("8 what was streamed is on the call's page with its whole text", async () => {
  await keepAllBodies();
  const words = Array.from({ length: 400 }, (_, index) => `word-${index}`).join(" ");
  const id = await eventually(async () => {
    const made = await fetch(`${parley.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${sample.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "sandbox/echo", stream: true, messages: [{ role: "user", content: words }] }),
    });
    expect(made.headers.get("content-type")).toContain("text/event-stream");
    await made.text();
    const id = made.headers.get("parley-call-id") ?? "";
    // The gateway may not have heard yet that it keeps bodies.
    return (await eventually(async () => (await parley.admin(`/api/calls/${id}/bodies`)).ok, { withinMs: 3_000 }).catch(() => false)) ? id : false;
  });
  const { page, context } = await browser.page();
  await page.goto(`/calls/${id}`);
  const said = page.getByText(words, { exact: true });
  await said.nth(1).waitFor();
  expect(await said.count()).toBe(2);
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
  // Not the facet of that name, which may be there before the rows.
  await page.getByRole("row").filter({ hasText: "unknown-key" }).first().waitFor();
  const before = await page.getByRole("row").count();
  await ask(parley, sample.key, "fine");
  const failed = await ask(parley, "wrong", "refused");
  await page.locator(`#call-${failed}`).waitFor();
  expect(await page.getByRole("row").count()).toBe(before + 1);
  await context.close();
});
