/** A page as somebody far from the server sees it: what is above comes a round trip after what is below was drawn. */
import { eventually } from "../harness/eventually.ts";
import type { TestPage } from "./browser.ts";

const fast = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
const slow = { offline: false, latency: 200, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const countShifts = "globalThis.shifted = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value; }).observe({ type: 'layout-shift', buffered: true })";

/** How far things jumped as each page came, in the browser's own measure: Cumulative Layout Shift. */
export async function shiftsOf({ page, context }: TestPage, paths: readonly string[]): Promise<Record<string, number>> {
  await page.addInitScript(countShifts);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const shifts: Record<string, number> = {};
  for (const path of paths) {
    // The scripts are there after the first time; it is the answers that are late.
    await session.send("Network.emulateNetworkConditions", fast);
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await session.send("Network.emulateNetworkConditions", slow);
    await page.goto(path, { waitUntil: "commit" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await eventually(async () => (await page.locator("main .mantine-Skeleton-root").count()) === 0);
    // Shifts are told after the frame in which they were.
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    shifts[path] = (await page.evaluate("globalThis.shifted")) as number;
  }
  await session.detach();
  return shifts;
}

/** As web.dev counts it "good". */
export const mostShift = 0.1;
