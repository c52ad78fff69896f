/**
 * A real browser for the tests: Debian's Chromium with an empty profile. Every page notes what its console complains about,
 * so that no test passes over an error, a refused style or a failed request.
 */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Parley } from "../harness/start-parley.ts";

export const person = { name: "ann", password: "correct horse battery staple" };

/** The one without windows first: the other draws those that nobody sees, and takes more than twice the processor's time for a page. */
const installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];

export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
  /** A signed-in page in a context of its own. */
  page(view?: View): Promise<TestPage>;
}

export interface View {
  width?: number;
  scheme?: "light" | "dark";
}

export interface TestPage {
  page: Page;
  context: BrowserContext;
  /** What went wrong on it so far: console errors and exceptions. */
  complaints: string[];
}

/** `textPx` is the size of text that somebody has set in the browser; 16 is what all begin with. */
export async function launch({ textPx = 16 }: { textPx?: number } = {}): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["PARLEY_CHROMIUM"] ?? installed ?? "chromium-headless-shell", args: [...options, `--blink-settings=defaultFontSize=${textPx}`] });
}

/** Makes the first person through the sign-in link, and gives pages on which she is signed in. */
export async function signedInBrowser(parley: Parley): Promise<TestBrowser> {
  const browser = await launch();
  const first = await openPage(browser, {});
  await acceptFirstLink(first.page, parley);
  const storageState = await first.context.storageState();
  await first.context.close();
  return {
    browser,
    page: (view = {}) => openPage(browser, { ...view, storageState, baseUrl: parley.adminUrl }),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** What the first start printed; with a configuration file there is a link and no key. */
export function firstLink(parley: Parley): string {
  const link = /\S+\/welcome#token=\S+/.exec(parley.output())?.[0];
  if (link === undefined) throw new Error("this Parley has printed no sign-in link");
  return link;
}

export async function acceptFirstLink(page: Page, parley: Parley): Promise<void> {
  await page.goto(firstLink(parley));
  await page.getByRole("textbox", { name: "Name" }).fill(person.name);
  await page.getByRole("textbox", { name: "Password" }).fill(person.password);
  await page.getByRole("button", { name: "Set the password and sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
}

type Opening = View & { storageState?: Awaited<ReturnType<BrowserContext["storageState"]>>; baseUrl?: string };

export async function openPage(browser: Browser, { width = 1280, scheme = "light", storageState, baseUrl }: Opening): Promise<TestPage> {
  const context = await browser.newContext({
    viewport: { width, height: 860 },
    colorScheme: scheme,
    // What fades in has half of its contrast on the way.
    reducedMotion: "reduce",
    ...(storageState ? { storageState } : {}),
    ...(baseUrl ? { baseURL: baseUrl } : {}),
  });
  // Others may have the machine.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${page.url()}: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  return { page, context, complaints };
}
