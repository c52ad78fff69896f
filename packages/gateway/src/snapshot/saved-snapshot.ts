/** The last good snapshot on disk, which the control plane writes and the gateway starts from when that is down. */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { eachSavedMessage } from "@parley/contract/saved-snapshot";
import { MessageParts, type WholeSnapshot } from "./message-parts.ts";

/** May be read before it is certain that it will be needed: what was read is of use while the file is still the same one. */
export class SavedSnapshot {
  #ahead: { path: string; found: string; snapshot: Promise<WholeSnapshot | null> } | null = null;

  readAhead(path: string): void {
    this.#ahead = { path, found: foundAt(path), snapshot: readSavedSnapshot(path) };
    // Heard where it is taken, which may be later.
    this.#ahead.snapshot.catch(() => undefined);
  }

  /** Null where there is none yet. Throws where it is not readable or not a snapshot. What was read ahead is given once and not kept. */
  take(path: string): Promise<WholeSnapshot | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead?.path === path && ahead.found === foundAt(path) ? ahead.snapshot : readSavedSnapshot(path);
  }
}

async function readSavedSnapshot(path: string): Promise<WholeSnapshot | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (bytes === null) return null;
  const parts = new MessageParts(() => true);
  let whole: WholeSnapshot | null = null;
  eachSavedMessage(bytes, (message) => {
    const taken = parts.take(message);
    if (taken?.type === "snapshot") whole = taken;
  });
  return whole;
}

function foundAt(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino}/${size}/${mtimeNs}`;
  } catch {
    return "absent";
  }
}
