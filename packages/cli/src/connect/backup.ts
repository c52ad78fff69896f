/** What stood in the slots before: beside the settings, for their owner alone. The first one counts, however often somebody connects. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Slots } from "./tool.ts";

export interface Backup {
  tool: string;
  /** Whether there were settings at all. */
  existed: boolean;
  slots: Slots;
  /** The settings as they were, for people. */
  text: string | null;
}

export function backupPath(place: string): string {
  return `${place}.before-parley`;
}

export function readBackup(place: string): Backup | null {
  const path = backupPath(place);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Backup) : null;
}

export function keepBackup(place: string, backup: Backup): void {
  if (existsSync(backupPath(place))) return;
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(backupPath(place), `${JSON.stringify(backup, null, 2)}\n`, { mode: 0o600 });
}

export function dropBackup(place: string): void {
  rmSync(backupPath(place), { force: true });
}
