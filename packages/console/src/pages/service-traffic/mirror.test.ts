import { expect, test } from "vitest";
import { alikeText } from "./mirror.ts";

test("one answer that differs among many is never rounded away", () => {
  expect(alikeText({ equal: 99_999, different: 1, equalShare: 0.99999 })).toBe("99.9 % of 100,000 answers are alike");
  expect(alikeText({ equal: 0, different: 3, equalShare: 0 })).toBe("0.0 % of 3 answers are alike");
  expect(alikeText({ equal: 7, different: 0, equalShare: 1 })).toBe("all 7 answers are alike");
});
