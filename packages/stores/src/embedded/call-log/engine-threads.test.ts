import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EngineThreads } from "./engine-threads.ts";

const most = 3;
let instance: DuckDBInstance;
let looking: DuckDBConnection;
let changing: DuckDBConnection;
let threads: EngineThreads;

beforeEach(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: String(most) });
  [looking, changing] = [await instance.connect(), await instance.connect()];
  threads = new EngineThreads(changing, { most });
});

afterEach(async () => {
  await threads.close();
  looking.closeSync();
  instance.closeSync();
});

async function inForce(): Promise<number> {
  return Number((await looking.runAndReadAll("select current_setting('threads') as threads")).getRowObjectsJS()[0]?.["threads"]);
}

test("a write works in one thread, and a question after it in all of them", async () => {
  expect(await threads.forWrite(inForce)).toBe(1);
  const answered = await threads.forQuestion();
  expect(await inForce()).toBe(most);
  answered();
});

test("one write after the other, with no question between them, changes nothing", async () => {
  const changes = vi.spyOn(changing, "run");
  for (let write = 0; write < 5; write++) expect(await threads.forWrite(inForce)).toBe(1);
  expect(changes).toHaveBeenCalledTimes(1);
});

test("what a write has made the engine keep it gives back once no other has followed for a while", async () => {
  const soon = new EngineThreads(await instance.connect(), { most, keepForMs: 20 });
  expect(await soon.forWrite(inForce)).toBe(1);
  await vi.waitFor(async () => expect(await inForce()).toBe(most), { timeout: 10_000 });
  await soon.close();
});

test("a question that comes while something is written leaves it one thread, and has all of them once that is done", async () => {
  let answered = (): void => undefined;
  const during = await threads.forWrite(async () => {
    answered = await threads.forQuestion();
    return inForce();
  });
  expect(during).toBe(1);
  expect(await inForce()).toBe(most);
  answered();
});

test("a write that fails while somebody asks gives the threads back", async () => {
  const answered = await threads.forQuestion();
  await expect(threads.forWrite(() => Promise.reject(new Error("no space")))).rejects.toThrow("no space");
  expect(await inForce()).toBe(most);
  answered();
});

test("questions and writes that come at the same moment end with what the last of them needs", async () => {
  for (let round = 0; round < 20; round++) {
    const asked = Array.from({ length: 4 }, () => threads.forQuestion());
    const write = threads.forWrite(inForce);
    expect(await write).toBe(1);
    for (const answered of await Promise.all(asked)) answered();
    expect(await inForce()).toBe(most);
  }
});
