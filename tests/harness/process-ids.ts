/** Finds the processes of a running Parley, as the kernel sees them. */
import { readFileSync } from "node:fs";

export interface ProcessIds {
  supervisor: number;
  gateways: number[];
  control: number | null;
}

export function processIds(supervisor: number): ProcessIds {
  const children = readOrEmpty(`/proc/${supervisor}/task/${supervisor}/children`).split(" ").filter(Boolean).map(Number);
  const running = (program: string): number[] => children.filter((pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes(`/packages/${program}/src/main.ts`));
  return { supervisor, gateways: running("gateway"), control: running("control")[0] ?? null };
}

export function isAlive(pid: number): boolean {
  return /^\d+ \(.*\) [^ZX]/s.test(readOrEmpty(`/proc/${pid}/stat`));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
