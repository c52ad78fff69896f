/** The last good snapshot on disk, which the control plane writes and the gateway starts from when that is down. */
import { readFile } from "node:fs/promises";
import { eachSavedMessage } from "@parley/contract/saved-snapshot";
import { MessageParts, type WholeSnapshot } from "./message-parts.ts";

/** Null where there is none yet. Throws where it is not readable or not a snapshot. */
export async function readSavedSnapshot(path: string): Promise<WholeSnapshot | null> {
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
