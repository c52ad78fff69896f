/** The last good snapshot on disk, which the control plane writes and the gateway starts from when that is down. */
import { readFile } from "node:fs/promises";
import type { Snapshot } from "@parley/contract/snapshot";

/** Null where there is none yet. Throws where it is not readable or not a snapshot. */
export async function readSavedSnapshot(path: string): Promise<Snapshot | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const snapshot = JSON.parse(text) as Snapshot;
  if (typeof snapshot.version !== "number" || typeof snapshot.entities !== "object") throw new Error(`${path} is not a snapshot`);
  return snapshot;
}
