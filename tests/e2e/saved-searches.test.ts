/** Searches that somebody keeps: found again elsewhere, replaced knowingly, and never lost to what somebody does in another window. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser, type TestPage } from "./browser.ts";
import { fillSample } from "./sample.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;

beforeAll(async () => {
  parley = await startParley();
  browser = await signedInBrowser(parley);
  await fillSample(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

async function opened({ page }: TestPage, address: string) {
  await page.goto(address);
  await page.getByRole("button", { name: "Saved", exact: true }).click();
  const list = page.getByRole("dialog", { name: "Saved" });
  await list.waitFor();
  return { list, name: list.getByRole("textbox", { name: "Name of this search" }), save: (words = "Save") => list.getByRole("button", { name: words, exact: true }).click() };
}

test("a search is saved with its filter, range and columns, found under whatever name it has, and opened from elsewhere", async () => {
  const shown = await browser.page();
  const { list, name, save } = await opened(shown, "/calls?q=status%3A404&range=24h&columns=time,path");
  for (const text of ["a/b?c#d %2e", "<img src=x onerror=window.hacked=1>", "100 %"]) {
    await name.fill(text);
    await save();
    await list.getByRole("link", { name: text }).waitFor();
    expect(await name.inputValue()).toBe("");
  }
  await name.fill("..");
  await list.getByText("Dots alone are a step in an address").waitFor();
  expect(await list.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
  expect(await axeFindings(shown.page)).toEqual([]);
  const elsewhere = await opened(shown, "/calls");
  await elsewhere.list.getByRole("link", { name: "a/b?c#d %2e" }).click();
  await shown.page.getByText("1 call", { exact: true }).waitFor();
  expect(Object.fromEntries(new URL(shown.page.url()).searchParams)).toEqual({ q: "status:404", range: "24h", columns: "time,path" });
  expect(shown.complaints).toEqual([]);
  await shown.context.close();
});

test("a name that is there is replaced and not doubled; one that another window has forgotten is told, and what was typed stays", async () => {
  const [mine, theirs] = [await browser.page(), await browser.page()];
  const first = await opened(mine, "/calls?q=status%3A401");
  await first.name.fill("night shift");
  await first.save();
  await first.list.getByRole("link", { name: "night shift status:401" }).waitFor();
  const other = await opened(theirs, "/calls?q=status%3A502");
  await other.list.getByRole("link", { name: "night shift" }).waitFor();
  await other.name.fill("night shift");
  await first.list.getByRole("button", { name: "Forget night shift" }).click();
  await first.list.getByRole("link", { name: "night shift" }).waitFor({ state: "detached" });
  await other.save("Replace");
  await theirs.page.getByText(/It was changed in the meantime/).waitFor();
  expect(await other.name.inputValue()).toBe("night shift");
  await other.save("Save");
  await other.list.getByRole("link", { name: "night shift status:502" }).waitFor();
  const again = await opened(mine, "/calls?q=status%3A404");
  await again.name.fill("night shift");
  await again.save("Replace");
  await again.list.getByRole("link", { name: "night shift status:404" }).waitFor();
  expect(await again.list.getByRole("link", { name: "night shift" }).count()).toBe(1);
  for (const { context } of [mine, theirs]) await context.close();
});
