import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import { Places, type Place } from "./places.ts";

const stays = (): void => {};

function queued(length: number, waitMs = 60_000): Place {
  return { key: "k", limit: 1, queue: { length, waitMs } };
}

it("admits those who wait in the order in which they came, before anybody new", async () => {
  const places = new Places(new MemoryCounters(), () => performance.now());
  expect(await places.take(queued(3), stays)).toBe(true);
  const order: string[] = [];
  const waiting = ["a", "b", "c"].map((name) => Promise.resolve(places.take(queued(3), stays)).then((admitted) => order.push(`${name}${admitted}`)));
  await turn();
  expect(order).toEqual([]);
  for (let call = 0; call < 3; call++) {
    places.giveBack("k");
    await turn();
  }
  await Promise.all(waiting);
  expect(order).toEqual(["atrue", "btrue", "ctrue"]);
});

it("refuses at once where as many wait as may, over all workers that share the counters", async () => {
  const counters = new MemoryCounters();
  const workers = [new Places(counters, () => performance.now()), new Places(counters, () => performance.now())] as const;
  expect(await workers[0].take(queued(1), stays)).toBe(true);
  const waits = workers[0].take(queued(1), stays);
  await turn();
  expect(await workers[1].take(queued(1), stays)).toBe(false);
  workers[0].giveBack("k");
  expect(await waits).toBe(true);
});

it("notices a place that another worker gives back", async () => {
  const counters = new MemoryCounters();
  const workers = [new Places(counters, () => performance.now()), new Places(counters, () => performance.now())] as const;
  await workers[0].take(queued(1), stays);
  const waits = workers[1].take(queued(1), stays);
  await turn();
  workers[0].giveBack("k");
  expect(await waits).toBe(true);
});

it("gives up after the wait, and forgets whoever has gone", async () => {
  const places = new Places(new MemoryCounters(), () => performance.now());
  await places.take(queued(5), stays);
  expect(await places.take(queued(5, 1), stays)).toBe(false);
  let gone: () => void = () => {};
  const left = places.take(queued(5), (callback) => (gone = callback));
  await turn();
  gone();
  expect(await left).toBe(false);
  places.giveBack("k");
  expect(await places.take(queued(5), stays)).toBe(true);
});

it("never lets more in than the limit, and leaves nothing behind, whatever comes and goes", async () => {
  const act = fc.oneof(fc.constant("come" as const), fc.constant("leave" as const), fc.constant("end" as const));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.array(act, { maxLength: 40 }), async (limit, length, acts) => {
      const counters = new MemoryCounters();
      const places = new Places(counters, () => performance.now());
      const place: Place = { key: "k", limit, queue: { length, waitMs: 60_000 } };
      const leaving: (() => void)[] = [];
      const all: Promise<unknown>[] = [];
      let inside = 0;
      for (const next of acts) {
        if (next === "come") all.push(Promise.resolve(places.take(place, (callback) => leaving.push(callback))).then((admitted) => (inside += admitted ? 1 : 0)));
        else if (next === "leave") leaving.pop()?.();
        else if (inside > 0) {
          inside--;
          places.giveBack("k");
        }
        await turn();
        expect(inside).toBeLessThanOrEqual(limit);
      }
      for (const leave of leaving) leave();
      await Promise.all(all);
      for (; inside > 0; inside--) places.giveBack("k");
      expect(counters.size).toBe(0);
    }),
    { numRuns: 60 },
  );
});
