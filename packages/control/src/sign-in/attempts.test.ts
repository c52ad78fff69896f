import { expect, test } from "vitest";
import { Attempts } from "./attempts.ts";

test("of more names than it holds, forgets the one that failed longest ago, and none that failed again since", () => {
  const attempts = new Attempts({ failures: 2, windowMs: 1000 }, () => 0);
  for (let index = 0; index < 10_000; index++) for (let failure = 0; failure < 2; failure++) attempts.failed(`name ${index}`);
  attempts.failed("name 0");
  for (let index = 0; index < 3; index++) attempts.failed(`late ${index}`);
  expect(["name 0", "name 1", "name 2", "name 3", "name 4"].map((name) => attempts.waitMs(name))).toEqual([1000, 0, 0, 0, 1000]);
});
