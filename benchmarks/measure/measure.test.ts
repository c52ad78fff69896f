import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { cpuMicroseconds, processTree } from "./cpu-time.ts";
import { residency } from "./memory.ts";
import { percentile, ratios, summary } from "./statistics.ts";

describe("statistics", () => {
  test("median, extremes and percentiles", () => {
    expect(summary([5, 1, 3])).toEqual({ median: 3, lowest: 1, highest: 5 });
    expect(summary([4, 1, 3, 2]).median).toBe(2.5);
    const hundred = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect([percentile(hundred, 99), percentile(hundred, 99.9), percentile(hundred, 100)]).toEqual([990, 999, 1000]);
    expect(ratios([10, 9], [5, 3])).toEqual([2, 3]);
  });
});

describe("a process", () => {
  test("is charged for the CPU that it uses, and found below its parent with its children", async () => {
    const busy = "while (process.cpuUsage().user < 300_000); process.stdout.write('x'); setInterval(() => {}, 1000)";
    const child = spawn("/bin/sh", ["-c", `"${process.execPath}" -e "${busy}"; exit`], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      await once(child.stdout, "data");
      const tree = processTree(child.pid!);
      expect(tree).toHaveLength(2);
      const [, below] = tree;
      expect(below!.parent).toBe(child.pid);
      expect(cpuMicroseconds(below!.pid)).toBeGreaterThan(200_000);
      expect(residency(below!.pid).residentMib).toBeGreaterThan(10);
    } finally {
      for (const { pid } of processTree(child.pid!)) process.kill(pid, "SIGKILL");
    }
  });
});
