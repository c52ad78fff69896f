import { expect, test } from "vitest";
import { BoundedMeters } from "./bounded-meters.ts";

const keysOf = (meters: BoundedMeters): string[] => Array.from(meters.entries(), ([key]) => key).sort();

test("says of every key what was put there last, however many come and go", () => {
  const [meters, known] = [new BoundedMeters(1_000), new Map<string, number>()];
  for (let number = 0; number < 20_000; number++) {
    const key = `key-${(number * 7_919) % 700}`;
    const slot = meters.find(key);
    if (slot === -1) meters.add(key, { idleAt: 1e9 + number, used: number }, 0);
    else meters.put(slot, 1e9 + number, number);
    known.set(key, number);
  }
  expect(new Map(Array.from(meters.entries(), ([key, { used }]) => [key, used]))).toEqual(known);
  expect([...known.keys()].every((key) => meters.idleAt(meters.find(key)) === 1e9 + meters.used(meters.find(key)))).toBe(true);
  expect(meters.find("nobody's")).toBe(-1);
});

test("forgets what has run dry while keys come, and nothing else", () => {
  const meters = new BoundedMeters(1_000);
  for (let number = 0; number < 400; number++) meters.add(`dry-${number}`, { idleAt: 10, used: 1 }, 0);
  for (let number = 0; number < 200; number++) meters.add(`live-${number}`, { idleAt: 1_000, used: 1 }, 20);
  expect(keysOf(meters)).toEqual(Array.from({ length: 200 }, (_, number) => `live-${number}`).sort());
});

test("past its bound forgets one key for each that comes, and gives none the count of another", () => {
  const meters = new BoundedMeters(100);
  for (let number = 0; number < 1_000; number++) {
    meters.add(`key-${number}`, { idleAt: 1_000, used: number }, 0);
    expect(meters.size).toBe(Math.min(100, number + 1));
  }
  expect(Array.from(meters.entries()).every(([key, { used }]) => key === `key-${used}`)).toBe(true);
  expect(meters.find("key-999")).not.toBe(-1);
});

test("takes no guess for an answer: a key that was forgotten is not there, and one that came back is where it is now", () => {
  const meters = new BoundedMeters(1_000);
  meters.add("first", { idleAt: 10, used: 1 }, 0);
  const guess = meters.find("first");
  expect(meters.find("first", guess)).toBe(guess);
  // The first one has run dry and makes room.
  for (let number = 0; number < 20; number++) meters.add(`other-${number}`, { idleAt: 1_000, used: 2 }, 20);
  expect([meters.find("first", guess), meters.find("nobody's", guess), meters.find("nobody's", 1_000_000)]).toEqual([-1, -1, -1]);
  meters.add("first", { idleAt: 1_000, used: 3 }, 20);
  expect(meters.find("first")).not.toBe(guess);
  expect(meters.used(meters.find("first", guess))).toBe(3);
});

test("keeps what has run dry for as long as it was told to, so that a key which comes back is found where it was", () => {
  const meters = new BoundedMeters(1_000, 60);
  meters.add("dry", { idleAt: 10, used: 1 }, 0);
  const place = meters.find("dry");
  for (let number = 0; number < 100; number++) meters.add(`other-${number}`, { idleAt: 1_000, used: 1 }, 69);
  expect(meters.find("dry")).toBe(place);
  for (let number = 0; number < 100; number++) meters.add(`another-${number}`, { idleAt: 1_000, used: 1 }, 70);
  expect([meters.find("dry"), meters.size]).toEqual([-1, 200]);
});

test("what has run dry takes no room from what has not: near the bound it goes at once, whatever it was told", () => {
  const meters = new BoundedMeters(1_000, 1e9);
  const live = Array.from({ length: 600 }, (_, number) => `live-${number}`);
  for (const key of live) {
    meters.add(key, { idleAt: 1e9, used: 1 }, 0);
    for (let number = 0; number < 20; number++) meters.add(`dry-${number}-beside-${key}`, { idleAt: 10, used: 1 }, 20);
  }
  expect(live.every((key) => meters.find(key) !== -1)).toBe(true);
});
