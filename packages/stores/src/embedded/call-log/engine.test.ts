import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, expect, test } from "vitest";
import { CallLogUnavailableError } from "../../ports/call-log.ts";
import { openEngine, type Engine } from "./engine.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "parley-engine-"));
  folders.push(folder);
  return join(folder, "calls.duckdb");
}

function open(path: string, queryTimeoutMs = 60_000): Promise<Engine> {
  return openEngine({ path, threads: 2, memoryLimit: "256MB", queryTimeoutMs, onDamage: (message) => expect.unreachable(message) });
}

/** Hours of work. */
const endless = "select sum(sin(one.range) * cos(other.range)) as sum from range(10000000) one, range(10000000) other";

/** Waits for a stretch of 400 ms in which this process took as much of the processor as that. A busy machine gives it less. */
async function untilCpuMs(isReached: (cpuMs: number) => boolean): Promise<void> {
  for (let cpuMs = NaN; !isReached(cpuMs);) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { user, system } = process.cpuUsage(before);
    cpuMs = (user + system) / 1_000;
  }
}

test("a question that nobody waits for any more stops working, and its place is free", async () => {
  const engine = await open(newPath());
  const busy = Array.from({ length: 6 }, () => new AbortController());
  const asked = busy.map(({ signal }) => engine.read(endless, [], signal).then(() => "answered", (error: unknown) => error));
  await untilCpuMs((cpuMs) => cpuMs > 100);
  for (const one of busy) one.abort();
  for (const error of await Promise.all(asked)) expect(error).toBeInstanceOf(CallLogUnavailableError);
  // What worked for all of the time before comes to rest.
  await untilCpuMs((cpuMs) => cpuMs < 40);
  expect(await engine.read("select 1 as one")).toEqual([{ one: 1 }]);
  await engine.close();
}, 60_000);

test("more questions than are answered at once wait for their turn instead of being refused", async () => {
  const engine = await open(newPath());
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => engine.read("select $1::INTEGER as one, count(*) as many from range(200000)", [index])));
  expect(answers.map(([row]) => row?.["one"])).toEqual(Array.from({ length: 40 }, (_, index) => index));
  await engine.close();
}, 60_000);

test("a question that never ends is given up at the limit, and those behind it are answered", async () => {
  const engine = await open(newPath(), 1_000);
  const endlessOnes = Array.from({ length: 6 }, () => engine.read(endless).catch((error: unknown) => error));
  await expect(engine.read("select 1 as one").catch((error: unknown) => error)).resolves.toSatisfy((answer) => answer instanceof CallLogUnavailableError || Array.isArray(answer));
  for (const error of await Promise.all(endlessOnes)) expect(error).toBeInstanceOf(CallLogUnavailableError);
  expect(await engine.read("select 1 as one")).toEqual([{ one: 1 }]);
  await engine.close();
}, 60_000);

test("goes on with a file that an older release made", async () => {
  const path = newPath();
  const older = await DuckDBInstance.create(path);
  const connection = await older.connect();
  await connection.run(`create table calls (id VARCHAR, "at" DOUBLE, service VARCHAR, "durationMs" DOUBLE)`);
  await connection.run("insert into calls values ('a', 1, 'notes', 5)");
  connection.closeSync();
  older.closeSync();
  const engine = await open(path);
  expect(await engine.read("select id, latency from calls")).toEqual([{ id: "a", latency: null }]);
  await engine.close();
});

test("takes in nothing and says so once its file was removed or replaced: after a restart it would be gone", async () => {
  const path = newPath();
  const engine = await open(path);
  expect(engine.trouble).toBeNull();
  renameSync(path, `${path}.away`);
  const write = (): Promise<unknown> => engine.write((connection) => connection.run("create table if not exists kept (number integer)"));
  await expect(write()).rejects.toSatisfy((error) => error instanceof CallLogUnavailableError && error.cause === undefined);
  writeFileSync(path, "another");
  await expect(write()).rejects.toThrow(`${path} was removed or replaced`);
  expect(engine.trouble).toContain(path);
  renameSync(`${path}.away`, path);
  await write();
  expect(engine.trouble).toBeNull();
  await engine.close();
});

test("a write-ahead log that was removed takes nothing with it: the next write brings what it had into the file", async () => {
  const path = newPath();
  const engine = await open(path);
  await engine.write((connection) => connection.run("create table kept (number integer)"));
  await engine.write((connection) => connection.run("insert into kept values (1)"));
  expect(existsSync(`${path}.wal`)).toBe(true);
  rmSync(`${path}.wal`);
  await engine.write((connection) => connection.run("insert into kept values (2)"));
  // As after kill -9: the files as they are.
  const left = newPath();
  for (const ending of ["", ".wal"]) if (existsSync(path + ending)) copyFileSync(path + ending, left + ending);
  await engine.close();
  const again = await open(left);
  expect(await again.read("select number from kept order by number")).toEqual([{ number: 1 }, { number: 2 }]);
  await again.close();
});
