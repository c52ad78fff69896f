import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptySnapshot, type Snapshot, type SnapshotKey } from "@parley/contract/snapshot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSnapshotFile, snapshotWriter } from "./snapshot-file.ts";
import { savedLines, wholeLines } from "./snapshot-lines.ts";
import { SnapshotTexts } from "./snapshot-texts.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-snapshot-"));
  file = join(folder, "snapshot.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const publication = { version: 5, publishedAt: 6 };

/** Of every third key the id says nothing, as in a database; every fifth is more than a name. */
function snapshotOf(keys: number): Snapshot {
  const snapshot: Snapshot = { ...emptySnapshot(), ...publication };
  for (let index = 0; index < keys; index++) {
    const [consumer, name] = [`shop-${index % 700}`, `key-${index}`];
    const key: SnapshotKey = { id: index % 3 === 1 ? `k${index}` : `${consumer}~${name}`, name, consumer, ...(index % 5 === 2 ? { expiresAt: index } : {}) };
    snapshot.entities.key[`sha256:${index.toString(16).padStart(64, "0")}`] = key;
  }
  snapshot.entities.logging[""] = { redact: ["/a"] } as unknown as Snapshot["entities"]["logging"][string];
  return snapshot;
}

const listed = (texts: SnapshotTexts): string[] => Array.from(texts.all(), ({ kind, name, text }) => `${kind} ${name} ${text}`).toSorted();

async function written(texts: SnapshotTexts): Promise<void> {
  const writer = snapshotWriter(file, () => savedLines(texts, publication), (error) => expect.fail(String(error)));
  writer.soon();
  await writer.flush();
}

test.each([3, 9_000])("gives back every text of %i keys as it was written", async (keys) => {
  const texts = SnapshotTexts.of(snapshotOf(keys));
  await written(texts);
  const read = readSnapshotFile(file);
  expect(read).toMatchObject(publication);
  expect(listed(read?.texts ?? new SnapshotTexts())).toEqual(listed(texts));
});

test("lines that were made for gateways are not kept for the disk where they leave out an id, and none is kept after a key changed", async () => {
  const texts = SnapshotTexts.of(snapshotOf(9_000));
  expect([...wholeLines(texts, publication)]).toEqual([...wholeLines(texts, publication)]);
  await written(texts);
  expect(listed(readSnapshotFile(file)?.texts ?? new SnapshotTexts())).toEqual(listed(texts));
  texts.apply([{ kind: "key", name: `sha256:${"0".repeat(64)}`, text: null }]);
  await written(texts);
  expect(listed(readSnapshotFile(file)?.texts ?? new SnapshotTexts())).toEqual(listed(texts));
});

test("one text without lines is read, as releases before this one wrote it; what has lost its end is not", async () => {
  const snapshot = snapshotOf(9_000);
  writeFileSync(file, JSON.stringify(snapshot));
  expect(listed(readSnapshotFile(file)?.texts ?? new SnapshotTexts())).toEqual(listed(SnapshotTexts.of(snapshot)));
  await written(SnapshotTexts.of(snapshot));
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(3);
  writeFileSync(file, lines.slice(0, -1).join("\n"));
  expect(readSnapshotFile(file)).toBeNull();
});
