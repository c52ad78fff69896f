import { expect, it } from "vitest";
import { Patience } from "./patience.ts";

const never = new Promise<string>(() => {});

it("gives what was promised where it comes in time, and nothing where it does not, for each who waits", async () => {
  const patience = new Patience(30, () => performance.now());
  const late = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 10_000).unref());
  const found = await Promise.all([patience.within(never), patience.within(Promise.resolve("there")), patience.within(late), patience.within(never)]);
  expect(found).toEqual([null, "there", null, null]);
  await expect(patience.within(Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  const since = performance.now();
  expect(await patience.within(never)).toBeNull();
  expect(performance.now() - since).toBeGreaterThan(25);
});
