/** Reads how much CPU a program's processes have used, from /proc/<pid>/stat (Linux only). */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ: the unit of utime and stime in /proc, 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export interface ProcessInfo {
  pid: number;
  parent: number;
  /** The command line, arguments separated by blanks. */
  command: string;
}

/** User and system time of the process and of its children that have ended and been waited for, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  const [utime, stime, endedUser, endedSystem] = statFields(pid).slice(11, 15).map(Number) as [number, number, number, number];
  return ((utime + stime + endedUser + endedSystem) * 1_000_000) / ticksPerSecond;
}

/** What all programs together have used of one core, in microseconds: all but idling and waiting for the disk. Stolen time is in it. */
export function coreMicroseconds(core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(readFileSync("/proc/stat", "latin1"))?.[1];
  if (line === undefined) throw new Error(`there is no core ${core}`);
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0, stolen = 0] = line.split(" ").map(Number);
  return ((user + nice + system + interrupt + soft + stolen) * 1_000_000) / ticksPerSecond;
}

/** The process and everything below it that runs now, parents first. */
export function processTree(root: number): ProcessInfo[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => describe(Number(name)));
  const found = all.filter((process) => process.pid === root);
  for (const process of found) found.push(...all.filter((other) => other.parent === process.pid));
  return found;
}

/** Fields of /proc/<pid>/stat from the third (state) on; the second is a name that may hold blanks and parentheses. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function describe(pid: number): ProcessInfo[] {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return [{ pid, parent: Number(statFields(pid)[1]), command }];
  } catch {
    // It ended while we were looking.
    return [];
  }
}
