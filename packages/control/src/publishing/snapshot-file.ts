/** The last good snapshot on disk, from which a gateway starts when nothing else is up. Only the control plane writes it. */
import { readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { eachPlainKey, textOfPlainKey } from "@parley/contract/plain-keys";
import { eachSavedMessage, type SavedMessage } from "@parley/contract/saved-snapshot";
import type { Snapshot } from "@parley/contract/snapshot";
import { SnapshotTexts } from "./snapshot-texts.ts";

export interface SavedSnapshot {
  version: number;
  publishedAt: number;
  texts: SnapshotTexts;
}

/** Null when there is none, or none that can be read: it is a cache, and the next publication replaces it. */
export function readSnapshotFile(path: string): SavedSnapshot | null {
  try {
    const texts = new SnapshotTexts();
    let last: Snapshot | null = null;
    eachSavedMessage(readFileSync(path), (message) => (last = takeMessage(texts, message)));
    const snapshot = last as Snapshot | null;
    return snapshot === null ? null : { version: snapshot.version, publishedAt: snapshot.publishedAt, texts };
  } catch {
    return null;
  }
}

/** The snapshot that ends the file; null before that. */
function takeMessage(texts: SnapshotTexts, message: SavedMessage): Snapshot | null {
  switch (message.type) {
    case "part":
      texts.apply(message.changes.map(({ kind, name, value }) => ({ kind, name, text: JSON.stringify(value) })));
      return null;
    case "keys":
      for (const [consumer, keys] of message.keys) {
        eachPlainKey(keys, (digits, name, end) => texts.apply([{ kind: "key", name: `sha256:${keys.slice(digits, name)}`, text: textOfPlainKey(consumer, keys.slice(name, end)) }]));
      }
      return null;
    case "snapshot":
      texts.add(message.snapshot);
      return message.snapshot;
  }
}

export interface SnapshotWriter {
  /** Asks for the newest state to be on disk soon, or within this time; asking often writes once. */
  soon(withinMs?: number): void;
  /** Resolves when the newest state is on disk. */
  flush(): Promise<void>;
}

/** A crash within this time leaves the snapshot before on disk, which is as good to start from: the store has the truth. */
const coalesceMs = 150;

export function snapshotWriter(path: string, current: () => Iterable<string>, onError: (error: unknown) => void): SnapshotWriter {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    timer = null;
    writing = writing.then(() => writeAtomically(path, current())).catch(onError);
    return writing;
  };
  return {
    soon: (withinMs = coalesceMs) => void (timer ??= setTimeout(() => void write(), withinMs)),
    flush: async () => {
      if (timer) {
        clearTimeout(timer);
        await write();
      }
      await writing;
    },
  };
}

/** Gateways are told things between two of them. */
function* withEnds(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

async function writeAtomically(path: string, lines: Iterable<string>): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(withEnds(lines));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}
