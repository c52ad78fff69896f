import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedBodyStore } from "./body-store.ts";
import type { BodyStore } from "../ports/body-store.ts";

let folder: string;
let path: string;
let damages: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-bodies-"));
  path = join(folder, "bodies.db");
  damages = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): BodyStore => openEmbeddedBodyStore({ path, now: () => 7, onDamage: (message) => damages.push(message) });
const sealed = (id: string, at: number, service = "notes", length = 10) => ({ id, at, service, sealed: "s".repeat(length) });

it("keeps bodies over a restart, and takes the same ones in again without harm", async () => {
  const store = open();
  await store.add([sealed("a", 1), sealed("b", 2)]);
  await store.add([sealed("b", 2), sealed("c", 3)]);
  await store.close();
  const again = open();
  expect([await again.size(), await again.get("c"), await again.get("d")]).toEqual([{ calls: 3, bytes: 30 }, "s".repeat(10), null]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await again.close();
});

it("throws away by age, of one service, of all but some, and of all", async () => {
  const store = open();
  await store.add([sealed("a", 1), sealed("b", 1, "files"), sealed("c", 1, "old"), sealed("d", 9, "files")]);
  expect(await store.deleteBefore(5, { service: "files" })).toBe(1);
  expect(await store.deleteBefore(5, { otherThan: ["notes", "x'y"] })).toBe(1);
  expect(await store.deleteBefore(5)).toBe(1);
  expect([await store.size(), await store.get("d")]).toEqual([{ calls: 1, bytes: 10 }, "s".repeat(10)]);
  await store.close();
});

it("keeps no more bytes than it may, the newest, and gives the room back", async () => {
  const store = open();
  await store.add(Array.from({ length: 1000 }, (_, index) => sealed(`call-${index}`, index, "notes", 5_000)));
  const before = await store.size();
  expect(await store.limitTo(100_000)).toBe(980);
  expect([before.bytes, await store.size(), await store.get("call-979"), (await store.get("call-980"))?.length]).toEqual([5_000_000, { calls: 20, bytes: 100_000 }, null, 5_000]);
  await store.close();
  expect(statSync(path).size).toBeLessThan(1_000_000);
});

it("sets a damaged file aside, says so, and begins anew", async () => {
  writeFileSync(path, "this is no database, and it is longer than a page's head is".repeat(100));
  const store = open();
  expect(damages).toEqual([expect.stringContaining("damaged-7")]);
  await store.add([sealed("a", 1)]);
  expect(await store.get("a")).not.toBeNull();
  await store.close();
  expect(readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith("damaged-7")) ?? ""), "utf8")).toContain("this is no database");
});

it.each(["", "-wal"])("takes in nothing and says so once its file%s was removed or replaced, which would be gone after a restart, and goes on when it is put back", async (ending) => {
  const store = open();
  await store.add([sealed("a", 1)]);
  expect(store.trouble).toBeNull();
  const file = `${path}${ending}`;
  renameSync(file, `${file}.away`);
  await expect(store.add([sealed("b", 2)])).rejects.toThrow(`${file} was removed or replaced`);
  writeFileSync(file, "another");
  expect(store.trouble).toContain(file);
  renameSync(`${file}.away`, file);
  await store.add([sealed("c", 3)]);
  expect([store.trouble, await store.get("a"), await store.get("b"), await store.get("c")]).toEqual([null, "s".repeat(10), null, "s".repeat(10)]);
  await store.close();
});

it("says what is wrong, and no more than that, where the folder of its file is none any more", async () => {
  const inside = join(folder, "data");
  mkdirSync(inside);
  const store = openEmbeddedBodyStore({ path: join(inside, "bodies.db"), now: () => 7, onDamage: (message) => damages.push(message) });
  renameSync(inside, `${inside}.away`);
  writeFileSync(inside, "a file in its place");
  await expect(store.add([sealed("a", 1)])).rejects.toThrow("was removed or replaced");
  await store.close();
});
