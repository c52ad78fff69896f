import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { RandomPool } from "./random-pool.ts";

it("gives out no byte twice, whatever the sizes asked for, and what it gave does not change", () => {
  const drawn: Buffer[] = [];
  const pool = new RandomPool((count) => {
    const bytes = randomBytes(count);
    drawn.push(Buffer.from(bytes));
    return bytes;
  });
  const given: { bytes: Buffer; text: string }[] = [];
  for (let index = 0; index < 1_000; index += 1) {
    const bytes = pool.take((index % 40) + 1);
    given.push({ bytes, text: bytes.toString("hex") });
  }
  const all = drawn.map((bytes) => bytes.toString("hex"));
  let [at, from] = [0, 0];
  for (const { bytes, text } of given) {
    expect(bytes.toString("hex")).toBe(text);
    const found = (all[at] as string).indexOf(text, from);
    if (found === -1) [at, from] = [at + 1, 0];
    const start = (all[at] as string).indexOf(text, from);
    expect(start).toBeGreaterThanOrEqual(0);
    from = start + text.length;
  }
  expect(pool.take(10_000)).toHaveLength(10_000);
});
