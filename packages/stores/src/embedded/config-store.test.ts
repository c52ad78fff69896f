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

test("two people of an earlier release whose names differ only in case are both kept, each under the exact name", async () => {
  const { path, remove } = temporaryFile();
  await openEmbeddedConfigStore(path).close();
  const earlier = new DatabaseSync(path);
  for (const name of ["ann", "Ann"]) earlier.prepare("insert into people (name, role, tag, created_at) values (?, 'viewer', ?, 1)").run(name, `1-${name}`);
  earlier.close();
  const store = openEmbeddedConfigStore(path);
  for (const name of ["ann", "Ann"]) expect(await store.people.get(name)).toMatchObject({ name });
  expect(await store.people.get("ANN")).toBeNull();
  expect(await store.people.add({ name: "ANN", role: "viewer", at: 1 }, [])).toBeNull();
  expect(await store.people.change({ name: "Ann", expected: null, role: "editor" }, [])).toMatchObject({ outcome: "done", person: { name: "Ann" } });
  expect(await store.people.list()).toMatchObject([{ name: "Ann", role: "editor" }, { name: "ann", role: "viewer" }]);
  expect(await store.people.remove({ name: "Ann", expected: null }, [])).toMatchObject({ outcome: "done" });
  expect(await store.people.get("ANN")).toMatchObject({ name: "ann" });
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
