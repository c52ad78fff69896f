import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ChangedFiles } from "./changed-files.ts";

const soon = { timeout: 30_000, interval: 50 };
let folder: string;
let path: string;
let changes: number;
let files: ChangedFiles;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-changed-files-"));
  path = join(folder, "key.pem");
  writeFileSync(path, "one");
  changes = 0;
  files = new ChangedFiles(() => changes++);
  files.watch(path);
  // The first look, too.
  await vi.waitFor(() => expect(changes).toBe(1), soon);
});
afterEach(async () => {
  await files.close();
  rmSync(folder, { recursive: true });
});

it("tells of a file that others may read now: what was refused before it was opened to its reader is read again", { timeout: 60_000 }, async () => {
  chmodSync(path, 0o600);
  await vi.waitFor(() => expect(changes).toBe(2), soon);
});

it("tells of a link that leads back to itself, and of the file that takes its place", { timeout: 90_000 }, async () => {
  rmSync(path);
  symlinkSync("key.pem", path);
  await vi.waitFor(() => expect(changes).toBe(2), soon);
  rmSync(path);
  writeFileSync(path, "two");
  await vi.waitFor(() => expect(changes).toBe(3), soon);
});
