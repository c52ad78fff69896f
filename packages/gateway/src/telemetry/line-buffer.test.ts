import { expect, it } from "vitest";
import { LineBuffer } from "./line-buffer.ts";

it("gives back the bytes of all lines in order, whatever their length and script", () => {
  const buffer = new LineBuffer(10_000_000);
  const lines = Array.from({ length: 3000 }, (_, index) => `${"äö€😀".repeat(index % 70)}-${index}`);
  lines.push("x".repeat(600_000), "last");
  for (let round = 0; round < 3; round++) {
    for (const line of lines) expect(buffer.append(line)).toBe(true);
    const parts = buffer.take();
    expect(Buffer.concat(parts).toString()).toBe(`${lines.join("\n")}\n`);
    expect([buffer.bytes, buffer.lines]).toEqual([0, 0]);
    buffer.release(parts);
  }
});

it("refuses what would pass its bound", () => {
  const buffer = new LineBuffer(1_000_000);
  let taken = 0;
  while (buffer.append("x".repeat(1000))) taken++;
  expect(taken).toBeGreaterThan(900);
  expect(buffer.bytes).toBeLessThanOrEqual(1_300_000);
});
