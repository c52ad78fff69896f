/** A walk through the pages with the most in them, each step measured. */
import type { Page } from "playwright-core";
import type { TestBrowser } from "./browser.ts";
import { type Interaction, interaction, observeEvents, opening } from "./interaction.ts";
import { longCall } from "./large-installation.ts";

/** Each page is opened by its address, so that the first step of each counts what opening costs. */
export async function walkConsole(browser: TestBrowser): Promise<Interaction[]> {
  const { page, context } = await browser.page();
  // Others may have the machine; how long anything took is in the figures.
  page.setDefaultTimeout(90_000);
  await observeEvents(page);
  const taken = [...(await walkCalls(page)), ...(await walkLongCall(page)), ...(await walkAnalysis(page)), ...(await walkServices(page)), ...(await walkPalette(page))];
  await context.close();
  return taken;
}

async function walkCalls(page: Page): Promise<Interaction[]> {
  const rows = page.getByRole("grid", { name: "Calls" }).getByRole("row");
  const count = page.getByText(/^[\d,]+ calls?$/).first();
  const counted = async (): Promise<void> => {
    await count.waitFor();
    await rows.nth(3).waitFor();
  };
  return [
    await opening(page, "Calls: open", { address: "/calls?range=7d", shown: counted }),
    await interaction(page, "Calls: type a filter", () => page.getByRole("combobox", { name: "Filter" }).pressSequentially("service:service-3 status:5xx", { delay: 20 })),
    await interaction(page, "Calls: apply it", () => page.keyboard.press("Enter").then(counted)),
    await interaction(page, "Calls: open a row", () => rows.nth(5).click().then(() => page.getByRole("table", { name: "Where the time went" }).or(page.getByRole("heading", { name: "Who and where" })).first().waitFor())),
    await interaction(page, "Calls: walk ten rows down", async () => {
      for (let step = 0; step < 10; step++) await page.keyboard.press("j");
    }),
    await interaction(page, "Calls: change the range", async () => {
      await page.getByRole("button", { name: /^Range of time/ }).click();
      await page.getByRole("button", { name: "Last 24 hours", exact: true }).click();
      await counted();
    }),
    await interaction(page, "Calls: scroll far", async () => {
      await page.getByRole("grid", { name: "Calls" }).hover();
      for (let step = 0; step < 10; step++) await page.mouse.wheel(0, 2_000);
    }),
  ];
}

async function walkLongCall(page: Page): Promise<Interaction[]> {
  const chart = page.getByRole("table", { name: "Where the time went" });
  return [
    await opening(page, "30,000 steps: open", { address: `/calls/${longCall.id}`, shown: () => chart.waitFor() }),
    await interaction(page, "30,000 steps: scroll", async () => {
      await chart.hover({ position: { x: 20, y: 40 } });
      for (let step = 0; step < 10; step++) await page.mouse.wheel(0, 3_000);
    }),
  ];
}

async function walkAnalysis(page: Page): Promise<Interaction[]> {
  const groups = page.getByRole("region", { name: /groups/i }).getByRole("row");
  return [
    await opening(page, "Analysis: open", { address: "/analysis?range=7d", shown: () => page.getByRole("heading", { level: 1, name: "Analysis" }).waitFor() }),
    await interaction(page, "Analysis: the heat map", () => page.getByText("Heat map", { exact: true }).click().then(() => groups.or(page.locator("main svg, main canvas, main img")).first().waitFor())),
  ];
}

async function walkServices(page: Page): Promise<Interaction[]> {
  const rows = page.getByRole("region", { name: "Services" }).getByRole("row").filter({ hasText: "service-" });
  return [
    await opening(page, "Services: open", { address: "/services", shown: () => rows.first().waitFor() }),
    await interaction(page, "Services: sort by path", () => page.getByRole("button", { name: "Path", exact: true }).click().then(() => page.locator("th[aria-sort=ascending]").waitFor())),
    await interaction(page, "Services: find one", () => page.getByRole("textbox", { name: "Find in Services" }).pressSequentially("9876", { delay: 30 }).then(() => page.getByText("1 of 1 shown").waitFor())),
  ];
}

async function walkPalette(page: Page): Promise<Interaction[]> {
  const field = page.getByRole("combobox", { name: "Search pages, objects and actions" });
  await page.goto("/health");
  await page.getByRole("heading", { level: 1 }).waitFor();
  return [
    await interaction(page, "Palette: open", async () => {
      const answered = answerTime(page, "Live");
      await page.keyboard.press("Control+k");
      return answered;
    }),
    await interaction(page, "Palette: type one service of them all", () => field.pressSequentially("service-98", { delay: 30 })),
    await interaction(page, "Palette: one letter more", async () => {
      const answered = answerTime(page, "service-9876");
      await field.press("7");
      return answered;
    }),
  ];
}

/** From the next key that is pressed until an option with this name is in the document, milliseconds. */
async function answerTime(page: Page, name: string): Promise<number> {
  return (await page.evaluate(`new Promise((resolve) => addEventListener("keydown", () => {
    const begun = performance.now();
    const look = () => [...document.querySelectorAll("[role=option] > span")].some((option) => option.textContent === ${JSON.stringify(name)}) ? resolve(performance.now() - begun) : setTimeout(look, 1);
    look();
  }, { once: true, capture: true }))`)) as number;
}
