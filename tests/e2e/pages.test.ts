/** Every page: opens without a complaint of the browser, fits a narrow window, and axe finds nothing, in both themes. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { openPage, signedInBrowser, type TestBrowser, type TestPage } from "./browser.ts";
import { ask, fillSample } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const pages: Record<string, string> = {
  "/start": "Your first call",
  "/overview": "Overview",
  "/live": "Live",
  "/calls": "Calls",
  "/calls?q=srvice%3Anotes": "Calls",
  "/analysis": "Analysis",
  "/analysis?view=heatmap&selection=status%3Aerror": "Analysis",
  "/analysis?view=changes": "Analysis",
  "/analysis?view=conflicts": "Analysis",
  "/analysis?view=versions": "Analysis",
  "/analysis?view=cost": "Analysis",
  "/alerts": "Alerts",
  "/new/alert": "New alert",
  "/new/channel": "New channel",
  "/conflicts": "Conflicts",
  "/leases": "Leases",
  "/history": "History",
  "/services": "Services",
  "/services/notes": "notes",
  "/services/notes/traffic": "Traffic of notes",
  "/new/service": "New service",
  "/ai/providers": "Providers",
  "/ai/providers/openai": "openai",
  "/new/provider": "New provider",
  "/ai/models": "Models",
  "/ai/models/assistant": "assistant",
  "/new/model": "New model alias",
  "/ai/playground": "Playground",
  "/ai/prompts": "Prompts",
  "/ai/prompts/translate": "translate",
  "/new/prompt": "New prompt",
  "/ai/spend": "Spend",
  "/consumers": "Consumers",
  "/consumers/acme": "acme",
  "/new/consumer": "New consumer",
  "/people": "People",
  "/audit": "Audit",
  "/health": "Health",
  "/settings": "Settings",
  "/no/such/page": "No such page",
};

let parley: Parley;
let browser: TestBrowser;
let callId: string;

beforeAll(async () => {
  parley = await startParley();
  browser = await signedInBrowser(parley);
  const { key } = await fillSample(parley);
  callId = await ask(parley, key, "seen on its own page");
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

async function settled({ page }: TestPage, heading: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  await page.waitForLoadState("load");
  await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
}

/** From one page to the next without loading the document again, as a link does it. A page with the heading of the one before is loaded, or the one before would be looked at. */
async function follow({ page }: TestPage, path: string, heading: string): Promise<void> {
  const before = await page.getByRole("heading", { level: 1 }).allTextContents();
  if (page.url() === "about:blank" || before.includes(heading)) await page.goto(path);
  else await page.evaluate(`history.pushState({}, "", ${JSON.stringify(path)})`);
}

async function overflow({ page }: TestPage): Promise<number> {
  return (await page.evaluate("document.documentElement.scrollWidth - innerWidth")) as number;
}

const load = ({ page }: TestPage, path: string) => page.goto(path);

describe.each([
  { scheme: "light", width: 1280, open: load, looked: "all" },
  { scheme: "dark", width: 1280, open: follow, looked: "colours" },
  { scheme: "light", width: 380, open: follow, looked: "structure" },
] as const)("in $scheme at $width px", ({ open, looked, ...view }) => {
  test("17 every page opens without a complaint, fits, and axe finds nothing", async () => {
    const opened = await browser.page(view);
    const findings: string[] = [];
    for (const [path, heading] of Object.entries({ ...pages, [`/calls/${callId}`]: "Call" })) {
      await open(opened, path, heading);
      await settled(opened, heading);
      if ((await overflow(opened)) > 0) findings.push(`${path}: is wider than the window`);
      findings.push(...(await axeFindings(opened.page, looked)).map((finding) => `${path}: ${finding}`));
    }
    expect(findings).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await opened.context.close();
  });

  test("17 dialogs, menus and the sign-in page are clean too", async () => {
    const opened = await browser.page(view);
    const { page } = opened;
    const findings: string[] = [];
    const check = async (what: string) => findings.push(...(await axeFindings(page, looked)).map((finding) => `${what}: ${finding}`));

    await page.goto("/consumers/acme");
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("button", { name: "Create the key" }).waitFor();
    await check("create a key");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Create the key" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Revoke the key default" }).click();
    await page.getByRole("button", { name: "Revoke the key", exact: true }).waitFor();
    await check("revoke a key");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Revoke the key", exact: true }).waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: "Settings" }).waitFor();
    await check("command palette");

    const outside = await openPage(browser.browser, { ...view, baseUrl: parley.adminUrl });
    await outside.page.goto("/services");
    await outside.page.getByRole("heading", { name: "Sign in" }).waitFor();
    findings.push(...(await axeFindings(outside.page, looked)).map((finding) => `sign in: ${finding}`));
    expect(findings).toEqual([]);
    await outside.context.close();
    await opened.context.close();
  });
});

test("the page needs nothing inline: a strict policy stands, and no style element was added", async () => {
  const answer = await fetch(parley.adminUrl);
  expect(answer.headers.get("content-security-policy")).toContain("style-src 'self'");
  expect(answer.headers.get("content-security-policy")).not.toContain("unsafe-inline");
  const opened = await browser.page();
  await opened.page.goto("/consumers/acme");
  await opened.page.getByRole("button", { name: "Create a key" }).click();
  await opened.page.getByRole("button", { name: "Create the key" }).waitFor();
  expect(await opened.page.locator("style").count()).toBe(0);
  await opened.context.close();
});

test("without a session a page asks to sign in, and is there afterwards", async () => {
  const { page, context } = await openPage(browser.browser, { baseUrl: parley.adminUrl });
  await page.goto("/services");
  await page.getByRole("textbox", { name: "Name" }).fill("ann");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong password here");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Name and password do not match").waitFor();
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery staple");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Services" }).waitFor();
  await context.close();
});
