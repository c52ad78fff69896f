/** Two people at one form: nothing that either of them typed is lost. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nginxMissing, startCompressingNginx, startStrippingNginx } from "../harness/nginx.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { person, signedInBrowser, type TestBrowser } from "./browser.ts";
import { fillSample, put } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface ServiceSpec {
  path: string;
  access?: string;
  upstream: { targets: { url: string }[]; timeouts?: { connect?: string } };
}

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

async function specOf(name: string): Promise<ServiceSpec> {
  const answer = await parley.admin(`/api/services/${name}`);
  return ((await answer.json()) as { spec: ServiceSpec }).spec;
}

async function serviceForm(name: string) {
  await put(parley, `/api/services/${name}`, { path: `/${name}`, upstream: { targets: [{ url: "http://127.0.0.1:9/api" }] } });
  const opened = await browser.page();
  await opened.page.goto(`/services/${name}`);
  await opened.page.getByRole("textbox", { name: "Path" }).first().waitFor();
  return opened;
}

test("3 edits of different fields merge without a dialog", async () => {
  const { page, context, complaints } = await serviceForm("merging");
  await page.getByRole("textbox", { name: "Connect" }).fill("3s");
  await put(parley, "/api/services/merging", { ...(await specOf("merging")), path: "/moved" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("together with 1 change").waitFor();
  expect(await specOf("merging")).toMatchObject({ path: "/moved", upstream: { timeouts: { connect: "3s" } } });
  // The form takes over what was saved once it has read it.
  await vi.waitFor(async () => expect(await page.getByRole("textbox", { name: "Path" }).first().inputValue()).toBe("/moved"), 20_000);
  // A refused precondition is the browser's "error", and is expected here.
  expect(complaints.filter((complaint) => !complaint.includes("412"))).toEqual([]);
  await context.close();
});

test("2 edits of the same field show before, theirs and mine, who and when, and save what was chosen with everything else that was typed", async () => {
  const { page, context } = await serviceForm("colliding");
  await page.getByRole("textbox", { name: "Path" }).first().fill("/mine");
  await page.getByRole("textbox", { name: "Connect" }).fill("4s");
  await put(parley, "/api/services/colliding", { ...(await specOf("colliding")), path: "/theirs" });
  await page.getByRole("button", { name: "Save", exact: true }).click();

  const dialog = page.getByRole("dialog", { name: "Somebody saved before you" });
  await dialog.waitFor();
  for (const value of ["/colliding", "/theirs", "/mine"]) await dialog.getByText(value, { exact: true }).waitFor();
  expect(await dialog.innerText()).toMatch(/token/);
  expect(await dialog.locator("time").count()).toBeGreaterThan(0);
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Back to my draft" }).click();
  expect(await page.getByRole("textbox", { name: "Path" }).first().inputValue()).toBe("/mine");

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByRole("radio", { name: "Theirs" }).check();
  await dialog.getByRole("button", { name: "Save the merged version" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await specOf("colliding")).toMatchObject({ path: "/theirs", upstream: { timeouts: { connect: "4s" } } });
  await context.close();
});

describe.skipIf(nginxMissing !== null)("4 with an nginx that compresses between the browser and Parley", () => {
  test.each([
    { what: "weakens each tag", start: startCompressingNginx, tag: /^W\// },
    { what: "lets no tag through", start: startStrippingNginx, tag: null },
  ])("and $what, edits apart are merged, and a stale save is asked about", async ({ start, tag }) => {
    const name = tag ? "weakened" : "stripped";
    const { page, context } = await serviceForm(name);
    await using front = await start(parley.adminUrl);
    const read = await fetch(`${front.url}/api/services/${name}`, { headers: { authorization: `Bearer ${parley.adminToken}`, "accept-encoding": "gzip" } });
    expect(read.headers.get("content-encoding")).toBe("gzip");
    if (tag) expect(read.headers.get("etag")).toMatch(tag);
    else expect(read.headers.get("etag")).toBeNull();
    await page.goto(`${front.url}/services/${name}`);
    await page.getByRole("textbox", { name: "Connect" }).fill("3s");
    await put(parley, `/api/services/${name}`, { ...(await specOf(name)), path: `/moved-${name}` });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("together with 1 change").waitFor();
    await vi.waitFor(async () => expect(await page.getByRole("textbox", { name: "Path" }).first().inputValue()).toBe(`/moved-${name}`), 20_000);
    await page.getByRole("textbox", { name: "Path" }).first().fill("/mine");
    await put(parley, `/api/services/${name}`, { ...(await specOf(name)), path: `/theirs-${name}` });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog", { name: "Somebody saved before you" }).getByText(`/theirs-${name}`, { exact: true }).waitFor();
    expect(await specOf(name)).toMatchObject({ path: `/theirs-${name}`, upstream: { timeouts: { connect: "3s" } } });
    await context.close();
  });
});

test("whoever goes back from the merge by keyboard is at Save again", async () => {
  const { page, context } = await serviceForm("going-back");
  await page.getByRole("textbox", { name: "Path" }).first().fill("/mine");
  await put(parley, "/api/services/going-back", { ...(await specOf("going-back")), path: "/their-path" });
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Somebody saved before you" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("button:focus", { hasText: "Save" }).waitFor();
  await context.close();
});

test("what somebody deleted meanwhile is said as that, and created again with what was typed", async () => {
  const { page, context } = await serviceForm("deleted");
  await page.getByRole("textbox", { name: "Path" }).first().fill("/typed");
  const { headers } = await parley.admin("/api/services/deleted");
  await parley.admin("/api/services/deleted", { method: "DELETE", headers: { "if-match": headers.get("etag") ?? "" } });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Somebody deleted this service after you opened it").waitFor();
  await page.getByRole("button", { name: "Create it again" }).click();
  await page.getByText("Saved. In force within a second.").waitFor();
  expect(await specOf("deleted")).toMatchObject({ path: "/typed" });
  await context.close();
});

test("a session that has ended is said at the save, over the page, and the save works after signing in", async () => {
  const { page, context } = await serviceForm("signed-out");
  await page.getByRole("textbox", { name: "Path" }).first().fill("/typed-before");
  await context.clearCookies();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(person.name);
  await dialog.getByRole("textbox", { name: "Password" }).fill(person.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved. In force within a second.").waitFor();
  expect(await specOf("signed-out")).toMatchObject({ path: "/typed-before" });
  await context.close();
});

test("a form without changes follows what others save", async () => {
  const { page, context } = await serviceForm("following");
  await put(parley, "/api/services/following", { ...(await specOf("following")), path: "/elsewhere" });
  await page.bringToFront();
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await page.locator('input[value="/elsewhere"]').waitFor();
  await context.close();
});

test("leaving with changes asks first", async () => {
  const { page, context } = await serviceForm("leaving");
  await page.getByRole("textbox", { name: "Path" }).first().fill("/not-saved");
  await page.getByRole("link", { name: "Consumers" }).click();
  await page.getByRole("button", { name: "Stay" }).click();
  expect(await page.getByRole("textbox", { name: "Path" }).first().inputValue()).toBe("/not-saved");
  await page.getByRole("link", { name: "Consumers" }).click();
  await page.getByRole("button", { name: "Leave, and lose it" }).click();
  await page.getByRole("heading", { level: 1, name: "Consumers" }).waitFor();
  await context.close();
});

test("what the server refuses is said at its field, and what was typed stays", async () => {
  const { page, context } = await serviceForm("refused");
  await page.getByRole("textbox", { name: "Connect" }).fill("soon");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("is not a duration").first().waitFor();
  expect(await page.getByRole("textbox", { name: "Connect" }).inputValue()).toBe("soon");
  expect(await page.getByRole("textbox", { name: "Connect" }).getAttribute("aria-invalid")).toBe("true");
  await context.close();
});

test("the YAML view edits the same thing, and text that cannot be read is neither saved nor left", async () => {
  const { page, context } = await serviceForm("as-yaml");
  await page.getByText("YAML", { exact: true }).click();
  const yaml = page.getByRole("textbox", { name: "YAML" });
  await page.locator("textarea").filter({ hasText: "path: /as-yaml" }).first().waitFor();
  await yaml.fill("path: [");
  await page.getByText("Flow sequence").waitFor();
  expect(await page.getByRole("radio", { name: "Form" }).isDisabled()).toBe(true);
  await yaml.fill("path: /from-yaml\nupstream:\n  targets:\n    - url: http://127.0.0.1:9/other\n");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved. In force within a second.").waitFor();
  expect(await specOf("as-yaml")).toMatchObject({ path: "/from-yaml", upstream: { targets: [{ url: "http://127.0.0.1:9/other" }] } });
  await context.close();
});
