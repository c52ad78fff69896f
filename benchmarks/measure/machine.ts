/** What the figures were taken on. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGib: number;
  kernel: string;
  node: string;
  nginx: string;
  portkey: string;
  parley: string;
  /** Of the minute before the run: what else the machine was doing. */
  loadAverage: number;
}

export function describeMachine(versions: { nginx: string; portkey: string; repository: string }): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    nginx: versions.nginx,
    portkey: versions.portkey,
    parley: commit(versions.repository),
    loadAverage: loadavg()[0]!,
  };
}

function commit(repository: string): string {
  const version = (JSON.parse(readFileSync(`${repository}/package.json`, "utf8")) as { version: string }).version;
  try {
    return `${version} (${execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: repository, encoding: "utf8" }).trim()})`;
  } catch {
    return version;
  }
}
