/** Finds the processes of a running Parley, as the kernel sees them. */
import { readFileSync } from "node:fs";
import { type Plane, planeOf } from "./parley-program.ts";

export interface ProcessIds {
  supervisor: number;
  gateways: number[];
  control: number | null;
}

export function processIds(supervisor: number): ProcessIds {
  const children = readOrEmpty(`/proc/${supervisor}/task/${supervisor}/children`).split(" ").filter(Boolean).map(Number);
  const running = (plane: Plane): number[] => children.filter((pid) => planeOf(readOrEmpty(`/proc/${pid}/cmdline`)) === plane);
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
