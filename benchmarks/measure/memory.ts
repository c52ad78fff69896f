/** Resident memory of a process, from /proc/<pid>/status (Linux only). */
import { readFileSync } from "node:fs";

export interface Residency {
  residentMib: number;
  /** The highest that it ever was. */
  peakMib: number;
}

export function residency(pid: number): Residency {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return { residentMib: field(status, "VmRSS"), peakMib: field(status, "VmHWM") };
}

function field(status: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return Number(kibibytes) / 1024;
}
