/** How long the page takes to answer a hand: the browser's own entries for each event, from the input to the next picture. */
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";

export interface Interaction {
  name: string;
  /** The slowest of its events, milliseconds; what took less than 16 ms has no entry, and counts as 16. */
  slowestMs: number;
  /** From the key to what it asked for, where the step says so. */
  answeredMs: number | null;
  /** Elements in the document once it had been drawn. */
  elements: number;
  /** What was asked of the admin API; the same question asked again, as time goes on, once. */
  asked: string[];
}

// In the page, whose types these tests do not have.
const observer = "globalThis.slowEvents = []; new PerformanceObserver((list) => slowEvents.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'event', durationThreshold: 16 });";
const drawn = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(() => resolve(), { timeout: 1000 }))))";

const stepLimitMs = 100_000;

/** Before the page is opened. */
export async function observeEvents(page: Page): Promise<void> {
  await page.addInitScript(observer);
}

/** Opens a page by its address, in an empty tab: what the page before goes on asking is not counted with what this one asks. */
export async function opening(page: Page, name: string, { address, shown }: { address: string; shown: () => Promise<unknown> }): Promise<Interaction> {
  await page.goto("about:blank");
  return interaction(page, name, () => page.goto(address).then(shown));
}

/** Does something as a person would, waits for what shows that it is done, and says how long the worst of its events took. */
export async function interaction(page: Page, name: string, act: () => Promise<unknown>): Promise<Interaction> {
  const asked = new Set<string>();
  const count = (request: { url(): string }): void => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.add(`${pathname}${search}`);
  };
  return within(name, async () => {
    await page.evaluate(drawn);
    await page.evaluate("slowEvents.length = 0");
    page.on("request", count);
    const answer = await act();
    await page.evaluate(drawn);
    page.off("request", count);
    const [slowestMs, elements] = (await page.evaluate("[Math.max(16, ...slowEvents), document.querySelectorAll('*').length]")) as [number, number];
    return { name, slowestMs, answeredMs: typeof answer === "number" ? answer : null, elements, asked: [...asked] };
  });
}

/** A key, a wheel and a drawn picture are waited for without an end; a step that has none is told by its name. */
async function within<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const tooLong = setTimeout(stepLimitMs, undefined, { signal: over.signal }).then(() => Promise.reject(new Error(`"${name}" did not end within ${stepLimitMs} ms`)));
  tooLong.catch(() => undefined);
  try {
    return await Promise.race([work(), tooLong]);
  } finally {
    over.abort();
  }
}
