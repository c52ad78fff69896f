/** The last good snapshot on disk, from which a gateway starts when nothing else is up. Only the control plane writes it. */
import { readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import type { Snapshot } from "@parley/contract/snapshot";

/** Null when there is none, or none that can be read: it is a cache, and the next publication replaces it. */
export function readSnapshotFile(path: string): Snapshot | null {
  try {
    const snapshot = JSON.parse(readFileSync(path, "utf8")) as Snapshot;
    return typeof snapshot.version === "number" && typeof snapshot.entities === "object" ? snapshot : null;
  } catch {
    return null;
  }
}

export interface SnapshotWriter {
  /** Asks for the newest state to be on disk soon; asking often writes once. */
  soon(): void;
  /** Resolves when the newest state is on disk. */
  flush(): Promise<void>;
}

/** A crash within this time leaves the snapshot before on disk, which is as good to start from: the store has the truth. */
const coalesceMs = 150;

export function snapshotWriter(path: string, current: () => string, onError: (error: unknown) => void): SnapshotWriter {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    timer = null;
    writing = writing.then(() => writeAtomically(path, current())).catch(onError);
    return writing;
  };
  return {
    soon: () => void (timer ??= setTimeout(() => void write(), coalesceMs)),
    flush: async () => {
      if (timer) {
        clearTimeout(timer);
        await write();
      }
      await writing;
    },
  };
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}
