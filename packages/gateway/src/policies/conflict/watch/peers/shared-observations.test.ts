/** Two and three workers as one observer: what one of them sees is known to all, in the order in which it happened. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { LostUpdate } from "../../observe/index.ts";
import { Observer } from "../observer.ts";
import type { WatchedRoute, Watcher } from "../watcher.ts";
import { MergedOrder } from "./merged-order.ts";
import { SharedObservations } from "./shared-observations.ts";

interface Worker {
  shared: SharedObservations;
  watcher: Watcher;
  route: WatchedRoute;
}

interface Workers {
  all: Worker[];
  found: LostUpdate[];
  start(worker: number): Worker;
}

function startWorkers(count: number): Workers {
  const directory = mkdtempSync(join(tmpdir(), "parley-peers-"));
  const found: LostUpdate[] = [];
  const start = (worker: number): Worker => {
    const shared = new SharedObservations({ worker, workers: count, socketOf: (peer) => join(directory, `${peer}.sock`), warn: () => {} });
    const newObserver = (): Observer => new Observer({ high: worker, low: 7 }, { randomBytes: (count) => Buffer.alloc(count, worker), monotonicMs: () => performance.now() });
    const route: WatchedRoute = { observer: newObserver(), found: (lost) => (found.push(lost), {} as never), forget: () => (route.observer = newObserver()) };
    const watcher = shared.watch("notes", route);
    shared.start();
    return { shared, watcher, route };
  };
  const all = Array.from({ length: count }, (_, worker) => start(worker));
  onTestFinished(() => {
    for (const { shared } of all) shared.close();
    rmSync(directory, { recursive: true });
  });
  return { all, found, start: (worker) => (all[worker] = start(worker)) };
}

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const one = { title: "one", shade: "red" };
const two = { title: "two", shade: "red" };

function read(worker: Worker | undefined, actor: string, path: string, value: unknown): void {
  const { watcher } = worker as Worker;
  watcher.read({ path, form: "", actor, at: Date.now(), body: [bytes(value)], coding: "" }, watcher.nowMs());
}

function write(worker: Worker | undefined, actor: string, path: string, value: unknown): void {
  (worker as Worker).watcher.write({ path, actor, at: Date.now(), callId: `${actor}-call`, kind: "replace", body: bytes(value), coding: "", answer: null, answerCoding: "" }, { method: "PUT", consumer: actor, status: 204, probable: false, expected: [] });
}

/** Until all are connected everything is dropped; then each follows some of these. */
async function connected({ all }: Workers): Promise<void> {
  const paths = Array.from({ length: 12 }, (_, index) => `/warm/${index}`);
  const allFollow = (): boolean => {
    for (const path of paths) {
      read(all[0], "ann", path, one);
      read(all[1], "bob", path, one);
      write(all[1], "bob", path, two);
    }
    return all.every(({ route }) => route.observer.potential(Date.now()).length > 0);
  };
  await expect.poll(allFollow, { timeout: 10_000, interval: 50 }).toBe(true);
}

it.each([2, 3])("finds a lost update whose reads and writes went through different workers, of %i", async (count) => {
  const workers = startWorkers(count);
  await connected(workers);
  const { all, found } = workers;
  const paths = Array.from({ length: 20 }, (_, index) => `/notes/${index}`);
  for (const [index, path] of paths.entries()) {
    read(all[index % count], "ann", path, one);
    read(all[(index + 1) % count], "bob", path, one);
    write(all[(index + 1) % count], "bob", path, two);
    write(all[(index + 2) % count], "ann", path, { ...one, shade: "blue" });
  }
  await expect.poll(() => found.map(({ resource }) => resource).toSorted(), { timeout: 10_000 }).toEqual(paths.toSorted());
  expect(found[0]).toMatchObject({ actor: "ann", lost: [{ actor: "bob", pointer: "/title", how: "put-back" }] });
});

it("shows an overlapping edit once, whoever saw the two", async () => {
  const workers = startWorkers(2);
  await connected(workers);
  const { all } = workers;
  read(all[0], "ann", "/notes/7", one);
  read(all[1], "bob", "/notes/7", one);
  write(all[1], "bob", "/notes/7", two);
  const overlaps = () => all.flatMap(({ route }) => route.observer.potential(Date.now()).filter(({ resource, reader }) => resource === "/notes/7" && reader === "ann"));
  await expect.poll(overlaps, { timeout: 10_000 }).toMatchObject([{ reader: "ann", writer: "bob" }]);
});

it("accuses nobody who had a fresh look in another worker, and nobody for what was seen before a worker came back", async () => {
  const workers = startWorkers(2);
  await connected(workers);
  const { all, found } = workers;
  for (const path of ["/notes/1", "/notes/2", "/notes/3", "/notes/4"]) {
    read(all[0], "ann", path, one);
    write(all[1], "bob", path, two);
    read(all[1], "ann", path, two);
    write(all[0], "ann", path, one);
  }
  read(all[0], "ann", "/notes/8", one);
  write(all[1], "bob", "/notes/8", two);
  all[1]?.shared.close();
  workers.start(1);
  await connected(workers);
  write(all[0], "ann", "/notes/8", one);
  write(all[1], "ann", "/notes/8", one);
  // A marker behind all of it.
  read(all[0], "ann", "/notes/9", one);
  write(all[1], "bob", "/notes/9", two);
  write(all[1], "ann", "/notes/9", one);
  await expect.poll(() => found.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(found.map(({ resource }) => resource)).toEqual(["/notes/9"]);
});

it("accuses nobody who has read the list above since, whichever worker follows that", async () => {
  const workers = startWorkers(3);
  await connected(workers);
  const { all, found } = workers;
  const overwrite = (path: string, seen: string | null): void => {
    read(all[0], "ann", path, one);
    write(all[1], "bob", path, two);
    if (seen !== null) read(all[2], "ann", seen, [two]);
    write(all[0], "ann", path, one);
  };
  for (let index = 0; index < 12; index += 1) overwrite(`/lists/${index}/items/7`, `/lists/${index}/items`);
  // Behind all of it, and followed by all three.
  const markers = Array.from({ length: 12 }, (_, index) => `/markers/${index}/items/7`);
  for (const path of markers) overwrite(path, null);
  await expect.poll(() => markers.every((path) => found.some(({ resource }) => resource === path)), { timeout: 10_000 }).toBe(true);
  expect(found.map(({ resource }) => resource).filter((resource) => !markers.includes(resource))).toEqual([]);
});

it("hands on what every worker has passed, in order, and forgets rather than grow", () => {
  const applied: number[] = [];
  const rounds: number[] = [];
  let forgotten = 0;
  const order = new MergedOrder<{ stampMs: number }>({ poll: (round) => rounds.push(round), apply: ({ stampMs }) => applied.push(stampMs), forget: () => (forgotten += 1), sizeOf: () => 1, maxBytes: 4 });
  order.add({ stampMs: 1 });
  expect(order.isPending).toBe(false);
  order.peersChanged(new Set([1, 2]), true);
  for (const stampMs of [30, 20, 10]) order.add({ stampMs });
  order.ask();
  order.reached(1, { round: rounds[0] as number, stampMs: 25 });
  expect(applied).toEqual([]);
  order.reached(2, { round: rounds[0] as number, stampMs: 21 });
  expect([applied, order.isPending]).toEqual([[10, 20], true]);
  for (let stampMs = 40; stampMs < 44; stampMs += 1) order.add({ stampMs });
  expect([order.isPending, forgotten]).toEqual([false, 2]);
});
