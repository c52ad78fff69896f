import { expect, test } from "vitest";
import { scalable } from "./scalable-lengths-plugin.ts";

test.each([
  ["13px", "0.8125rem"], ["0 -8px 24px", "0 -0.5rem 1.5rem"], ["min(360px, calc(100vw - 24px))", "min(22.5rem, calc(100vw - 1.5rem))"], ["(max-width: 700px)", "(max-width: 43.75rem)"],
  ["1px solid var(--line)", "1px solid var(--line)"], ["-1px", "-1px"], ["0.5px", "0.5px"], ["var(--gap-12px)", "var(--gap-12px)"], ["url(icon-16px.svg)", "url(icon-16px.svg)"], ["1.45", "1.45"],
])("%s grows with the text as %s", (pixels, written) => {
  expect(scalable(pixels)).toBe(written);
});
