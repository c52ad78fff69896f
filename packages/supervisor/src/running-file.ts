/** Tells the command line on this machine where Parley runs, and how it proves that it is on this machine. */
import type { RunningFile } from "@parley/contract/processes";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

export function writeRunningFile(path: string, running: RunningFile): void {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  writeFileSync(part, `${JSON.stringify(running)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(part, path);
}

/** Null where there is none, or none that can be read. */
export function readRunningFile(path: string): RunningFile | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunningFile;
  } catch {
    return null;
  }
}

export function removeRunningFile(path: string): void {
  rmSync(path, { force: true });
}
