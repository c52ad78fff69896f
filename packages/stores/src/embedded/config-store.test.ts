import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { alertStoreContract } from "../contract-tests/alert-store.ts";
import { configStoreContract, type ConfigStoreUnderTest } from "../contract-tests/config-store.ts";
import { ConfigStoreUnavailableError } from "../ports/config-store.ts";
import { openEmbeddedConfigStore } from "./config-store.ts";

function temporaryFile(): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "parley-config-store-"));
  return { path: join(folder, "config.db"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function prepare(): Promise<ConfigStoreUnderTest> {
  const { path, remove } = temporaryFile();
  return { open: async () => openEmbeddedConfigStore(path), destroy: async () => remove() };
}

configStoreContract("SQLite", prepare);
alertStoreContract("SQLite", prepare);

test("makes the database readable by its owner alone", async () => {
  const { path, remove } = temporaryFile();
  const store = openEmbeddedConfigStore(path);
  await store.nextSnapshotVersion(0);
  for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  await store.close();
  remove();
});

test.each(["", "-wal"])("takes no write and is not well once its file%s was removed or replaced: neither would be there after a restart", async (ending) => {
  const { path: database, remove } = temporaryFile();
  const store = openEmbeddedConfigStore(database);
  await store.check();
  const path = `${database}${ending}`;
  renameSync(path, `${path}.away`);
  await expect(store.nextSnapshotVersion(0)).rejects.toThrow(/removed or replaced/);
  await expect(store.check()).rejects.toBeInstanceOf(ConfigStoreUnavailableError);
  writeFileSync(path, "another");
  await expect(store.check()).rejects.toThrow(/removed or replaced/);
  renameSync(`${path}.away`, path);
  await store.check();
  expect(await store.nextSnapshotVersion(0)).toBeGreaterThan(0);
  await store.close();
  remove();
});

test("refuses a database of a newer release and leaves it as it is", () => {
  const { path, remove } = temporaryFile();
  const newer = new DatabaseSync(path);
  newer.exec("pragma user_version = 999");
  newer.close();
  expect(() => openEmbeddedConfigStore(path)).toThrow(/newer release/);
  remove();
});
