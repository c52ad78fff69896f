/** Runs axe on a page, for WCAG 2.2 A and AA, and tells each finding with the elements that have it. */
import axe from "axe-core";
import type { Page } from "playwright-core";

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const ofColours = ["color-contrast", "link-in-text-block"];

/** What is looked for: everything, or only what another scheme of colours or another width can have changed. Colours take half of the time. */
const rules = {
  all: { runOnly: standards },
  colours: { runOnly: ofColours },
  structure: { runOnly: standards, rules: Object.fromEntries(ofColours.map((rule) => [rule, { enabled: false }])) },
};

const run = (looked: keyof typeof rules): string => `axe.run(document, ${JSON.stringify(rules[looked])}).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")))`;

export async function axeFindings(page: Page, looked: keyof typeof rules = "all"): Promise<string[]> {
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axe.source);
  return (await page.evaluate(run(looked))) as string[];
}
