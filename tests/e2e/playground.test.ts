/** The playground in a real browser: models side by side, tools, a refusal, and the calls that it leaves in the log. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;

beforeAll(async () => {
  parley = await startParley();
  browser = await signedInBrowser(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
});

const weather = JSON.stringify([{ type: "function", function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }]);

test("models answer side by side, a refusal beside an answer, and each leads to its call", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/ai/playground?models=sandbox/echo,sandbox/error-429");
  await page.getByRole("textbox", { name: "Message" }).fill("**Bold** and <b>tags</b> and [a link](https://example.com)");
  await page.getByRole("textbox", { name: "Message" }).press("Enter");
  const echo = page.getByRole("log", { name: "Conversation with model 1" });
  await echo.getByText("Bold", { exact: true }).waitFor();
  await echo.getByText("https://example.com", { exact: true }).waitFor();
  await echo.getByText("$0", { exact: true }).waitFor();
  await page.getByRole("log", { name: "Conversation with model 2" }).getByRole("alert").waitFor();
  // What a model writes is shown and never followed.
  expect(await echo.locator("a[href='https://example.com'], b, img").count()).toBe(0);
  await echo.getByRole("link", { name: "the call" }).click();
  await page.getByRole("heading", { level: 1, name: "Call" }).waitFor();
  await page.getByText("playground", { exact: true }).first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("a tool that a model calls waits for its result, and the conversation goes on with it", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/ai/playground?models=sandbox/echo");
  await page.getByRole("button", { name: "Parameters" }).click();
  await page.getByRole("textbox", { name: "Tools" }).fill("[");
  await page.getByText("The tools cannot be sent: see Parameters.").waitFor();
  await page.getByRole("textbox", { name: "Tools" }).fill(weather);
  await page.getByRole("textbox", { name: "Message" }).fill("call the tool weather");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByRole("textbox", { name: "What weather gives" }).fill("sunny in Rome");
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Go on with this result" }).click();
  await page.getByText("weather gave").waitFor();
  await page.getByText("the call").nth(1).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("a model draws and another speaks, side by side, and both calls are counted", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/ai/playground?models=sandbox/image,sandbox/tts");
  await page.getByRole("textbox", { name: "Message" }).fill("stripes in the morning");
  await page.getByRole("button", { name: "Ask" }).click();
  const picture = page.getByRole("log", { name: "Conversation with model 1" }).getByRole("img", { name: "Drawn 1" });
  await picture.waitFor();
  expect(await picture.evaluate((image) => (image as unknown as { decode(): Promise<void>; naturalWidth: number }).decode().then(() => (image as unknown as { naturalWidth: number }).naturalWidth))).toBe(256);
  const sound = page.getByRole("log", { name: "Conversation with model 2" }).locator("audio");
  await sound.waitFor();
  await vi.waitFor(async () => expect(await sound.evaluate((audio) => (audio as unknown as { duration: number }).duration)).toBeCloseTo(0.6, 1), { timeout: 20_000 });
  await page.getByText("the call").nth(1).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a prompt is written, its variables found, saved, called, and followed by a new version", async () => {
  const { page, context, complaints } = await browser.page();
  await page.goto("/ai/prompts");
  await page.getByRole("link", { name: "Add a prompt" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("greet");
  await page.getByRole("combobox", { name: "Model" }).or(page.getByRole("textbox", { name: "Model" })).first().fill("sandbox/echo");
  await page.getByRole("textbox", { name: "Text 1" }).fill("Greet {{who}} in {{language}}");
  await page.getByRole("textbox", { name: "Default of language" }).fill("French");
  await page.getByRole("button", { name: "Remove text", exact: true }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "greet" }).waitFor();
  await page.getByRole("textbox", { name: "who", exact: true }).fill("Ann");
  await page.getByRole("button", { name: "Call greet" }).click();
  await page.getByText("Greet Ann in French").waitFor();
  await page.getByRole("button", { name: "New version from this one" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Not saved yet.").waitFor({ state: "detached" });
  const { spec } = (await (await parley.admin("/api/prompts/greet")).json()) as { spec: { default: string; versions: object } };
  expect(spec).toMatchObject({ default: "v1", versions: { v1: {}, v2: {} } });
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
