import { expect, test } from "vitest";
import { clockText, withMoments } from "./moments.ts";

test("moments within a sentence are read as times are read here, and nothing else is touched", () => {
  const at = Date.parse("2026-11-22T21:11:37.437Z");
  expect(withMoments("ann read it at 2026-11-22T21:11:37.437Z, then /2026-11-22 changed: 2026-11-22T21:11:38Z.", at)).toBe(`ann read it at ${clockText(at, at)}, then /2026-11-22 changed: ${clockText(Date.parse("2026-11-22T21:11:38Z"), at)}.`);
});
