/** Runs axe on a page, for WCAG 2.2 A and AA, and tells each finding with the elements that have it. */
import axe from "axe-core";
import type { Page } from "playwright-core";

const run = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")))`;

export async function axeFindings(page: Page): Promise<string[]> {
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axe.source);
  return (await page.evaluate(run)) as string[];
}
