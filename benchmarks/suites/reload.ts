/** What a change of the configuration file costs each process: of one service, and of all of them. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpuMicroseconds } from "../measure/cpu-time.ts";
import type { Parley } from "../programs/parley.ts";

/** Milliseconds of CPU until the change is in force and everything is quiet again, by part of the program. */
export interface ReloadFigures {
  one: Record<string, number>;
  all: Record<string, number>;
}

const withinMs = 60_000;
/** Longer than what is put off: the snapshot's file. */
const quietAfterMs = 1_500;

export async function measureReloads(parley: Parley, say: (text: string) => void): Promise<ReloadFigures> {
  // What compiling the program costs is no part of a reload.
  await reload(parley, (text) => text.replace("/service-5\"", "/first-5\""), "/first-5");
  const one = await reload(parley, (text) => text.replace("/service-6\"", "/second-6\""), "/second-6");
  const all = await reload(parley, (text) => text.replaceAll('"path": "/service-', '"path": "/third-'), "/third-7");
  say(`reload of ${parley.name}: one service ${shown(one)}; all services ${shown(all)}`);
  return { one, all };
}

async function reload(parley: Parley, change: (text: string) => string, path: string): Promise<Record<string, number>> {
  const text = change(readFileSync(parley.file, "utf8"));
  const before = cpuOf(parley);
  writeFileSync(`${parley.file}.new`, text);
  renameSync(`${parley.file}.new`, parley.file);
  const endsAtMs = performance.now() + withinMs;
  while (!(await isServed(`http://127.0.0.1:${parley.gatewayPort}${path}`))) {
    if (performance.now() > endsAtMs) throw new Error(`${parley.name} did not take its file over`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => setTimeout(resolve, quietAfterMs));
  return Object.fromEntries(Object.entries(cpuOf(parley)).map(([part, used]) => [part, (used - (before[part] ?? 0)) / 1000]));
}

/** It wants a key, which says that it is there. */
async function isServed(url: string): Promise<boolean> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.status !== 404;
}

function cpuOf(parley: Parley): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const { part, pid } of parley.processes()) parts[part] = (parts[part] ?? 0) + cpuMicroseconds(pid);
  return parts;
}

export function shown(figures: Record<string, number>): string {
  return Object.entries(figures).map(([part, ms]) => `${part} ${Math.round(ms)}`).join(", ");
}
