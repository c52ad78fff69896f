import { expect, test } from "vitest";
import { changeOf } from "./change.ts";

test("a rise of what nobody wants is a warning, and a fall is good", () => {
  expect(changeOf(0.02, 0.01, "up")).toEqual({ text: "+100 %", meaning: "warning", moved: true });
  expect(changeOf(0.005, 0.01, "up")).toEqual({ text: "−50 %", meaning: "ok", moved: true });
});

test("of what is neither good nor bad only the figure is told", () => {
  expect(changeOf(150, 100, null)).toEqual({ text: "+50 %", meaning: "neutral", moved: true });
});

test("small differences, and figures without a before, say nothing that is not so", () => {
  expect(changeOf(101, 100, "up")).toEqual({ text: "as before", meaning: "neutral", moved: false });
  expect(changeOf(5, 0, "up")?.text).toBe("new");
  expect(changeOf(null, 5, "up")).toBeNull();
  expect(changeOf(5, null, "up")).toBeNull();
  expect(changeOf(2_000, 100, null)?.text).toBe("×20");
  expect(changeOf(600, 100, "up")?.text).toBe("+500 %");
  expect(changeOf(1e12, 1, null)?.text).toBe("×1.00T");
});
