/** Conflicts in a real browser: from the list to one conflict, protection turned on, a lease broken, a version brought back. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type DocumentUpstream, documentUpstream } from "../harness/document-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { put } from "./sample.ts";
import { mostShift, shiftsOf } from "./slow-network.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let upstream: DocumentUpstream;
let parley: Parley;
let browser: TestBrowser;
const keys = new Map<string, string>();

async function call(who: string, method: string, path: string, options: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Response> {
  const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
  return fetch(parley.gatewayUrl + path, { method, headers: { authorization: `Bearer ${keys.get(who)}`, "content-type": "application/json", ...options.headers }, ...body });
}

async function conflicts(query: string): Promise<{ id: string; callId: string }[]> {
  return ((await (await parley.admin(`/api/conflicts?${query}`)).json()) as { items: { id: string; callId: string }[] }).items;
}

async function tagOf(who: string, path: string): Promise<string> {
  return (await call(who, "GET", path)).headers.get("etag") ?? "";
}

async function twoChangeTheTitle(path = "/notes/7"): Promise<void> {
  await call("ann", "PUT", path, { body: { title: "Milk", shade: "red" } });
  const [ann, bob] = [await tagOf("ann", path), await tagOf("bob", path)];
  await call("bob", "PUT", path, { body: { title: "Eggs", shade: "red" }, headers: { "if-match": bob } });
  await call("ann", "PUT", path, { body: { title: "Sugar", shade: "red" }, headers: { "if-match": ann } });
}

async function loseAnUpdate(): Promise<void> {
  await call("ann", "PUT", "/watched/1", { body: { title: "one", shade: "red" } });
  for (const who of ["ann", "bob"]) await (await call(who, "GET", "/watched/1")).json();
  await call("bob", "PUT", "/watched/1", { body: { title: "one", shade: "blue" } });
  await call("ann", "PUT", "/watched/1", { body: { title: "two", shade: "red" } });
}

beforeAll(async () => {
  upstream = await documentUpstream();
  parley = await startParley();
  const target = { upstream: { targets: [{ url: upstream.url }] } };
  await put(parley, "/api/services/watched", { path: "/watched", ...target });
  await put(parley, "/api/services/notes", { path: "/notes", ...target, conflict: { mode: "require", strategy: "merge" } });
  await put(parley, "/api/services/drafts", { path: "/drafts", ...target, conflict: { mode: "enforce", strategy: "last-write-wins" } });
  for (const name of ["ann", "bob"]) {
    await put(parley, `/api/consumers/${name}`, { access: ["watched", "notes", "drafts"] });
    const made = await parley.admin(`/api/consumers/${name}/keys`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "default" }) });
    keys.set(name, ((await made.json()) as { secret: string }).secret);
  }
  browser = await signedInBrowser(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  await upstream.close();
});

test("without a conflict the page says what is looked at, and leads to what can be protected", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/conflicts");
  await page.getByText("1 service observed, 2 services protected").waitFor();
  await page.getByRole("link", { name: "See what protecting watched would do" }).click();
  await page.getByText("No conflict on watched is on record.").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

describe("with conflicts on record", () => {
  beforeAll(async () => {
    await loseAnUpdate();
    await twoChangeTheTitle();
    await eventually(async () => (await conflicts("")).length >= 2);
  });

  test("the list is filtered by tabs and by the hottest, in the address, and leads to one conflict with its lanes and its differences", async () => {
    const { page, context, complaints } = await browser.page();
    await page.goto("/conflicts");
    await page.getByRole("button", { name: /^Lost/ }).click();
    await page.waitForURL(/tab=lost/);
    await page.getByRole("link", { name: "PUT /watched/1" }).waitFor();
    await page.getByRole("link", { name: "PUT /notes/7" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^All/ }).click();
    await page.getByRole("complementary").getByRole("button", { name: "/notes/7" }).click();
    await page.waitForURL(/q=path%3A%2Fnotes%2F7/);
    await page.getByRole("link", { name: "PUT /notes/7" }).first().click();

    await page.getByRole("link", { name: /^ann tried to write \(PUT, 412\): the collision$/ }).waitFor();
    await page.getByRole("link", { name: /^bob wrote \(PUT, 200\), revision \d+$/ }).waitFor();
    const title = page.getByRole("row", { name: /\/title/ });
    for (const value of ['"Milk"', '"Eggs"', '"Sugar"']) await title.getByText(value).waitFor();
    await page.getByText("It answered 412 and explained why. Nothing was written.").waitFor();
    await page.getByText(/If-Match: /).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("on a small screen the lanes show the collision first, and who it was", async () => {
    for (let read = 0; read < 12; read += 1) await (await call("bob", "GET", "/watched/1")).json();
    const [lost] = await conflicts("service=watched");
    const { page, context } = await browser.page({ width: 390 });
    await page.goto(`/conflicts/${lost?.id}`);
    const frame = page.getByRole("region", { name: "Who read and wrote it, in order" });
    const box = await eventually(() => frame.boundingBox());
    expect(await frame.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
    for (const inside of [frame.getByRole("link", { name: /: the collision$/ }), frame.getByText("ann", { exact: true })]) {
      const found = await inside.boundingBox();
      expect(found?.x).toBeGreaterThanOrEqual(box.x);
      expect((found?.x ?? 0) + (found?.width ?? 0)).toBeLessThanOrEqual(box.x + box.width);
    }
    await context.close();
  });

  test("the filter and the range are those of the other pages, and an address from before still shows the same", async () => {
    const { page, context, complaints } = await browser.page();
    await page.goto("/calls?q=service%3Anotes+latency%3A%3E0ms&range=24h");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Conflicts" }).click();
    await page.waitForURL(/conflicts\?.*range=24h/);
    await page.getByText("A part of the filter says nothing of conflicts").waitFor();
    await page.getByRole("link", { name: "PUT /notes/7" }).first().waitFor();
    expect(await page.getByRole("link", { name: "PUT /watched/1" }).count()).toBe(0);
    await page.getByRole("button", { name: "Take it out" }).click();
    await page.waitForURL(/q=service%3Anotes(?:&|$)/);
    await page.getByRole("link", { name: "Their calls" }).click();
    await page.waitForURL(/calls\?.*cause/);
    await page.goto("/conflicts?service=watched&cause=lost-update");
    await page.getByRole("link", { name: "PUT /watched/1" }).waitFor();
    expect(await page.getByRole("combobox", { name: "Filter" }).inputValue()).toBe("service:watched cause:lost-update");
    await page.getByRole("link", { name: "Their calls" }).click();
    // The answer was 200, so that the row has to say it.
    await page.getByRole("grid", { name: "Calls" }).getByRole("row").filter({ hasText: "/watched/1" }).filter({ hasText: "200" }).getByText("lost update").first().waitFor();
    await page.goto("/conflicts?q=consumer%3Azoe");
    await page.getByText("No conflict matches this filter").waitFor();
    await page.getByRole("button", { name: "Show without the filter" }).click();
    await page.getByRole("link", { name: "PUT /notes/7" }).first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a write past the gateway is named, explained and, once it is ended, acknowledged", async () => {
    const { page, context, complaints } = await browser.page();
    await call("ann", "PUT", "/notes/11", { body: { title: "one" } });
    const tag = await tagOf("ann", "/notes/11");
    upstream.documents.set("/11", { title: "past it" });
    await call("ann", "PUT", "/notes/11", { body: { title: "two" }, headers: { "if-match": tag } });
    await eventually(async () => ((await (await parley.admin("/api/guarantees")).json()) as { items: { service: string; level: string }[] }).items.find(({ service }) => service === "notes")?.level === "detect");
    const found = await eventually(async () => (await conflicts(`query=${encodeURIComponent('path:/notes/11 consumer:bypass')}`))[0]);
    await page.goto(`/conflicts/${found.id}`);
    await page.getByRole("link", { name: "Where they come from, and how to end it" }).click();
    await page.getByRole("heading", { name: "Writes past the gateway on notes" }).waitFor();
    await page.getByRole("row", { name: /\/notes\/11/ }).getByRole("link", { name: "conflicts" }).click();
    await page.getByRole("link", { name: "PUT /notes/11" }).waitFor();
    await page.goto("/services/notes");
    await page.getByRole("link", { name: "Where writes went past the gateway, and how to end it" }).click();
    for (const view of [{ scheme: "light", width: 1280 }, { scheme: "dark", width: 1280 }, { scheme: "light", width: 390 }] as const) {
      const opened = await browser.page(view);
      await opened.page.goto("/bypasses");
      await opened.page.getByText("/notes/11").first().waitFor();
      expect([await axeFindings(opened.page), (await opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")) as number], JSON.stringify(view)).toEqual([[], 0]);
      await opened.context.close();
    }
    await page.getByRole("button", { name: "It is ended" }).click();
    await page.getByRole("button", { name: "Nobody does" }).click();
    await page.getByText("No write past the gateway was found on notes").waitFor();
    await eventually(async () => ((await (await parley.admin("/api/guarantees")).json()) as { items: { service: string; level: string }[] }).items.find(({ service }) => service === "notes")?.level === "serialized");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a call leads to its conflict, and the conflict back to the call", async () => {
    const { page, context } = await browser.page();
    const [conflict] = (await conflicts("service=notes&cause=concurrent-modification")) as [{ id: string; callId: string }];
    await page.goto(`/calls/${conflict.callId}`);
    await page.getByRole("link", { name: "Who, what and why" }).click();
    await page.waitForURL(new RegExp(conflict.id));
    await page.getByRole("link", { name: conflict.callId }).click();
    await page.waitForURL(new RegExp(conflict.callId));
    await context.close();
  });

  test.each([
    { scheme: "light", width: 1280 },
    { scheme: "dark", width: 1280 },
    { scheme: "light", width: 390 },
  ] as const)("every page fits and is clean in $scheme at $width px", async (view) => {
    const opened = await browser.page(view);
    const [clash] = (await conflicts("service=notes&cause=concurrent-modification")) as [{ id: string; callId: string }];
    const [lost] = (await conflicts("state=lost")) as [{ id: string; callId: string }];
    const findings: string[] = [];
    const pages = { "/conflicts": "Hottest resources", [`/conflicts/${clash.id}`]: "the collision", [`/conflicts/${lost.id}`]: "Turn on require, merge", "/history?service=notes&resource=%2Fnotes%2F7": "current" };
    for (const [path, text] of Object.entries(pages)) {
      await opened.page.goto(path);
      await opened.page.getByText(text).first().waitFor();
      if (((await opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")) as number) > 0) findings.push(`${path}: is wider than the window`);
      findings.push(...(await axeFindings(opened.page)).map((finding) => `${path}: ${finding}`));
    }
    expect(findings).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await opened.context.close();
  });

  test("protection is turned on from the lost update, and the next one is not lost", async () => {
    const { page, context } = await browser.page();
    const [lost] = (await conflicts("state=lost")) as [{ id: string; callId: string }];
    await page.goto(`/conflicts/${lost.id}`);
    await page.getByText("merge (require) on watched would have prevented 1 of 1: 1 merged.").waitFor();
    await page.getByRole("heading", { name: "What the client does to prevent it" }).waitFor();
    await page.getByText("1 update of 1 conflict on record, 1 of them by merging").waitFor();
    await page.getByRole("button", { name: "Turn on require, merge" }).click();
    await page.getByText("watched is now in require, merge.").waitFor();
    await eventually(async () => (await call("ann", "PUT", "/watched/1", { body: { title: "three" } })).status === 428);
    await context.close();
  });

  test.each([1440, 390])("over a slow network nothing jumps in the list and on a conflict's page, at %i px", async (width) => {
    // A list that is much longer than what stands for it while it loads.
    for (let conflict = 0; conflict < 12; conflict += 1) await twoChangeTheTitle("/notes/long");
    const [lost] = await conflicts("service=watched");
    const opened = await browser.page({ width });
    for (const [path, shift] of Object.entries(await shiftsOf(opened, ["/conflicts", `/conflicts/${lost?.id}`]))) expect(shift, path).toBeLessThan(mostShift);
    await opened.context.close();
  });
});

test("somebody's lease is broken, after being asked", async () => {
  const { page, context } = await browser.page();
  await call("bob", "LOCK", "/notes/9", { headers: { timeout: "Second-120" } });
  await page.goto("/leases");
  await page.getByRole("button", { name: "Break the lease on /notes/9" }).click();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Break the lease", exact: true }).click();
  await page.getByText("The lease of bob on /notes/9 is broken.").waitFor();
  await page.getByText("Nobody holds a lease").waitFor();
  await page.goto("/audit");
  await page.getByText("notes /notes/9").waitFor();
  await context.close();
});

test("an overwritten version is looked at and brought back", async () => {
  const { page, context } = await browser.page();
  upstream.documents.set("/5", { title: "the first one" });
  await call("ann", "PUT", "/drafts/5", { body: { title: "the second one" } });
  await page.goto("/history?service=drafts&resource=%2Fdrafts%2F5");
  await page.getByRole("button", { name: "Open revision 1" }).click();
  await page.getByText("the first one").waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByText("Revision 1 of /drafts/5 is there again.").waitFor();
  expect(upstream.documents.get("/5")).toEqual({ title: "the first one" });
  await page.getByText("brought back").waitFor();
  await context.close();
});
