/**
 * Calls back soon after a file changed, however its editor writes: in place, or by renaming a new file over it (which
 * ends a watch on the file itself, so the folder is watched). Looking every now and then covers file systems that do not tell.
 */
import { fileFingerprint } from "@parley/config";
import { watch } from "node:fs";
import { dirname } from "node:path";

const lookEveryMs = 500;
/** Lets an editor finish; what is read too early is read again anyway. */
const settleMs = 60;

export interface Watched {
  since: string;
  /** Other files that are looked at, as of now. */
  also: () => readonly string[];
  /** It is time for `onChange` although no file has changed. */
  isDue: () => boolean;
  onChange: () => Promise<void>;
}

/**
 * Ends when called. `since` is the files' fingerprints from before they were last read, so that no change falls in between;
 * `onChange` is awaited, so that reads never overlap.
 */
export function watchFile(path: string, { since, also, isDue, onChange }: Watched): () => void {
  let seen = since;
  let ended = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const now = await fingerprints([path, ...also()]);
    if ((now === seen && !isDue()) || ended) return;
    seen = now;
    await onChange();
  };
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(() => void look().finally(() => schedule(lookEveryMs)), delayMs);
  };
  const watcher = watchFolder(dirname(path), () => schedule(settleMs));
  schedule(0);
  return () => {
    ended = true;
    clearTimeout(timer);
    watcher?.close();
  };
}

function watchFolder(folder: string, onEvent: () => void): { close: () => void } | null {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on("error", () => undefined);
    return { close: () => watcher.close() };
  } catch {
    return null;
  }
}

/** Of several files together. */
export async function fingerprints(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(fileFingerprint))).join(" ");
}
