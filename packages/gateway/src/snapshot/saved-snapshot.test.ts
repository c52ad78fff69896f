import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptySnapshot } from "@parley/contract/snapshot";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SavedSnapshot } from "./saved-snapshot.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-saved-"));
  file = join(folder, "snapshot.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function save(version: number): void {
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...emptySnapshot(), version })}\n`);
  renameSync(`${file}.new`, file);
}

it("gives what was read ahead, once, and reads anew what was written since", async () => {
  const saved = new SavedSnapshot();
  save(1);
  saved.readAhead(file);
  expect((await saved.take(file))?.snapshot.version).toBe(1);
  saved.readAhead(file);
  save(2);
  expect((await saved.take(file))?.snapshot.version).toBe(2);
  saved.readAhead(join(folder, "another.json"));
  expect((await saved.take(file))?.snapshot.version).toBe(2);
});

it("has none where there is none, and says so of one that is damaged when it is asked for, not before", async () => {
  const saved = new SavedSnapshot();
  saved.readAhead(file);
  expect(await saved.take(file)).toBeNull();
  writeFileSync(file, '{"version":');
  saved.readAhead(file);
  await expect(saved.take(file)).rejects.toThrow();
  writeFileSync(file, '{"type":"keys","keys":[["shop","' + "0".repeat(64) + 'name"]]}\n');
  await expect(saved.take(file)).rejects.toThrow("no whole snapshot");
});
