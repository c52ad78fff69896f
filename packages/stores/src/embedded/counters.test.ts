import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { describeCounters, FakeClock, perPeriod } from "../contract-tests/counters.ts";
import type { Counters } from "../ports/counters.ts";
import { connectCounters } from "./counters-client.ts";
import { serveCounters } from "./counters-server.ts";
import type { SocketServer } from "./socket-server.ts";
import { MemoryCounters, type CountersClock } from "./counters.ts";

/** Far longer than it ever takes, for machines that are busy. */
const patiently = { timeout: 10_000, interval: 10 };

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function newSocketPath(): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-counters-"));
  directories.push(directory);
  return join(directory, "counters.sock");
}

async function connected(socketPath: string, warn: (message: string) => void = () => {}): Promise<Counters> {
  const counters = connectCounters(socketPath, { whenUnreachable: "admit", warn });
  // Before the connection stands every call is admitted, with the full count remaining.
  await vi.waitUntil(async () => (await counters.admit([{ ...perPeriod(2, 1000, "probe"), cost: 3 }]))[0]?.admitted === false, patiently);
  return counters;
}

describeCounters("in memory", async (clock) => {
  const counters = new MemoryCounters(clock);
  return { counters, close: () => counters.close() };
});

describeCounters("over a Unix socket", async (clock: CountersClock) => {
  const socketPath = newSocketPath();
  const server = await serveCounters(socketPath, new MemoryCounters(clock));
  const counters = await connected(socketPath);
  return {
    counters,
    close: async () => {
      await counters.close();
      await server.close();
    },
  };
});

it("forgets keys whose limits have recovered, and never holds more keys than its bound", () => {
  const clock = new FakeClock();
  const counters = new MemoryCounters(clock, 100);
  for (let key = 0; key < 1000; key++) counters.admit([perPeriod(1, 1000, `k${key}`)]);
  expect(counters.size).toBe(100);
  clock.nowMs += 62_000;
  for (let key = 0; key < 40; key++) counters.admit([perPeriod(1, 1, `fresh${key}`)]);
  expect(counters.size).toBeLessThanOrEqual(40);
});

it("remembers a used-up key while other keys come and go within the bound", () => {
  const counters = new MemoryCounters(new FakeClock(), 1000);
  counters.admit([perPeriod(1, 60_000, "used-up")]);
  for (let key = 0; key < 900; key++) counters.admit([perPeriod(5, 60_000, `other${key}`)]);
  expect(counters.admit([perPeriod(1, 60_000, "used-up")])[0]?.admitted).toBe(false);
});

it("holds a limit that is asked by one and the same check after its key was forgotten, and its place was given to another", () => {
  const clock = new FakeClock();
  const counters = new MemoryCounters(clock);
  const often = { ...perPeriod(2, 1000, "often"), foundAt: -1 };
  const admitted = (): boolean => counters.admit([often])[0]?.admitted === true;
  expect([admitted(), admitted(), admitted()]).toEqual([true, true, false]);
  clock.nowMs += 62_000;
  for (let key = 0; key < 40; key++) counters.admit([perPeriod(1, 60_000, `other${key}`)]);
  expect([admitted(), admitted(), admitted()]).toEqual([true, true, false]);
  for (let key = 0; key < 40; key++) expect(counters.admit([perPeriod(1, 60_000, `other${key}`)])[0]?.admitted).toBe(false);
});

it("holds one limit over all workers", async () => {
  const socketPath = newSocketPath();
  const server = await serveCounters(socketPath, new MemoryCounters());
  const workers = await Promise.all([connected(socketPath), connected(socketPath), connected(socketPath)]);
  const verdicts = await Promise.all(Array.from({ length: 60 }, async (_, call) => await (workers[call % 3] as Counters).admit([perPeriod(20, 3_600_000)])));
  expect(verdicts.filter(([verdict]) => verdict?.admitted)).toHaveLength(20);
  await Promise.all([...workers.map((worker) => worker.close()), server.close()]);
});

it("gets back what a worker held that died", async () => {
  const socketPath = newSocketPath();
  const server = await serveCounters(socketPath, new MemoryCounters());
  const dying = await connected(socketPath);
  const other = await connected(socketPath);
  expect(await dying.acquire("k", 1)).toBe(true);
  expect(await other.acquire("k", 1)).toBe(false);
  await dying.close();
  await vi.waitUntil(() => other.acquire("k", 1), patiently);
  await other.close();
  await server.close();
});

it("admits while the server is gone, warns once, and tells what it holds when the server is back", async () => {
  const socketPath = newSocketPath();
  const warnings: string[] = [];
  const first = await serveCounters(socketPath, new MemoryCounters());
  const counters = await connected(socketPath, (message) => warnings.push(message));
  expect(await counters.acquire("k", 1)).toBe(true);
  await first.close();
  await vi.waitUntil(async () => (await counters.admit([{ ...perPeriod(2, 1000, "probe"), cost: 3 }]))[0]?.admitted === true, patiently);

  const second: SocketServer = await serveCounters(socketPath, new MemoryCounters());
  await vi.waitUntil(async () => (await counters.admit([{ ...perPeriod(2, 1000, "probe"), cost: 3 }]))[0]?.admitted === false, patiently);
  expect(await counters.acquire("k", 1)).toBe(false);
  counters.release("k");
  await vi.waitUntil(() => counters.acquire("k", 1), patiently);
  expect(warnings).toHaveLength(1);
  await counters.close();
  await second.close();
});

it("does not take its own pause for the server's: a limit holds in a process that was held up for longer than the patience", async () => {
  const socketPath = newSocketPath();
  const server = await serveCounters(socketPath, new MemoryCounters());
  const warnings: string[] = [];
  const counters = await connected(socketPath, (message) => warnings.push(message));
  const warned = warnings.length;
  await counters.admit([perPeriod(1, 3_600_000, "once")]);
  const verdict = counters.admit([perPeriod(1, 3_600_000, "once")]);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
  expect((await verdict)[0]?.admitted).toBe(false);
  expect(warnings).toHaveLength(warned);
  await counters.close();
  await server.close();
});

it("gives up a server that takes what it is told and never answers, and says so", async () => {
  const socketPath = newSocketPath();
  let heard = "";
  const silent = createServer((socket) => void socket.on("data", (chunk) => (heard += String(chunk))).on("error", () => {}));
  await once(silent.listen(socketPath), "listening");
  const warnings: string[] = [];
  const counters = connectCounters(socketPath, { whenUnreachable: "refuse", patienceMs: 50, warn: (message) => warnings.push(message) });
  // Before the connection stands nothing is asked.
  await vi.waitUntil(async () => {
    expect((await counters.admit([perPeriod(1, 1000)]))[0]).toMatchObject({ admitted: false, retryAfterMs: 1000 });
    return heard.includes("admit");
  }, patiently);
  expect(warnings[0]).toContain("cannot be reached");
  await counters.close();
  silent.close();
});

it("serves the socket to its own user only", async () => {
  const socketPath = newSocketPath();
  const server = await serveCounters(socketPath, new MemoryCounters());
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  await server.close();
});
