import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { OldestFirst } from "./oldest-first.ts";

test("gives what was used longest ago, whatever is used, removed, taken away entirely and added between", () => {
  const members = new Set<number>();
  const oldest = new OldestFirst(() => members.values());
  let seed = 7;
  const below = (bound: number): number => (seed = (seed * 48_271) % 2_147_483_647) % bound;
  let forgotten = 0;
  for (let step = 0; step < 20_000; step++) {
    const member = below(300);
    const what = below(10);
    if (what < 5) {
      members.delete(member);
      members.add(member);
    } else if (what === 5) members.delete(member);
    else if (step % 4_000 < 50 || what > 7) {
      const [first] = members;
      expect(oldest.next()).toBe(first);
      if (first !== undefined) members.delete(first);
      forgotten++;
    }
    if (step % 5_000 === 4_999) members.clear();
  }
  expect(forgotten).toBeGreaterThan(3_000);
});

test("says that nothing is there, and finds what comes after that", () => {
  const members = new Map<string, number>();
  const oldest = new OldestFirst(() => members.keys());
  const seen = [oldest.next(), oldest.next()];
  members.set("one", 1);
  seen.push(oldest.next());
  members.clear();
  seen.push(oldest.next());
  expect(seen).toEqual([undefined, undefined, "one", undefined]);
});

test.each([["before anything is forgotten", 0], ["after something was", 1]])("what was removed can be collected while the others are used and nothing is forgotten (%s)", async (_, forgotten) => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const members = new Set<object>();
  const oldest = new OldestFirst(() => members.values());
  for (let member = 0; member < 20; member++) members.add({ member });
  for (let time = 0; time < forgotten; time++) members.delete(oldest.next() as object);
  const removed = ((): WeakRef<object> => {
    const [first] = members;
    members.delete(first as object);
    return new WeakRef(first as object);
  })();
  for (let use = 0; use < 1_000; use++) {
    const [first] = members;
    members.delete(first as object);
    members.add(first as object);
  }
  await expect.poll(async () => {
    await turn();
    collectGarbage();
    return removed.deref();
  }, { timeout: 10_000 }).toBe(undefined);
  const [first] = members;
  expect(oldest.next()).toBe(first);
});
