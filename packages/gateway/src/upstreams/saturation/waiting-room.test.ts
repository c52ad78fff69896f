import fc from "fast-check";
import { expect, it } from "vitest";
import type { Priority } from "@parley/contract/config/consumer";
import { WaitingRoom, type Waiting } from "./waiting-room.ts";

interface Call extends Waiting {
  number: number;
}

const rank: Record<Priority, number> = { low: 0, normal: 1, high: 2 };

function filled(length: number, calls: [priority: Priority, holder: string][]): WaitingRoom<Call> {
  const room = new WaitingRoom<Call>(length);
  for (const [number, [priority, holder]] of calls.entries()) room.enter({ priority, holder, number });
  return room;
}

function order(room: WaitingRoom<Call>): number[] {
  const numbers: number[] = [];
  for (let next = room.next(); next; next = room.next()) numbers.push(next.number);
  return numbers;
}

it("lets the most important in first, and the consumers of a class in turn, however many calls one of them has", () => {
  expect(order(filled(10, [["normal", "a"], ["normal", "a"], ["normal", "a"], ["low", "c"], ["normal", "b"], ["high", "d"]]))).toEqual([5, 0, 4, 1, 2, 3]);
});

it("sends the least important away first when it is full, and of those whoever has most", () => {
  const room = filled(4, [["low", "a"], ["normal", "b"], ["low", "c"], ["low", "c"]]);
  expect(room.enter({ priority: "normal", holder: "b", number: 4 })?.number).toBe(3);
  expect(room.enter({ priority: "low", holder: "a", number: 5 })?.number).toBe(5);
  expect(room.enter({ priority: "high", holder: "d", number: 6 })?.number).toBe(0);
  expect(order(room)).toEqual([6, 1, 4, 2]);
});

it("gives a newcomer of the same class a place where another has more than its share", () => {
  const room = filled(3, [["normal", "a"], ["normal", "a"], ["normal", "a"]]);
  expect(room.enter({ priority: "normal", holder: "b", number: 3 })?.number).toBe(2);
  expect(room.enter({ priority: "normal", holder: "a", number: 4 })?.number).toBe(4);
});

it("never holds more than its length, loses nobody, and sheds nobody who matters more than whoever stays", () => {
  const call = fc.record({ priority: fc.constantFrom<Priority>("low", "normal", "high"), holder: fc.constantFrom("a", "b", "c") });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), fc.array(fc.oneof(call, fc.constant("next" as const)), { maxLength: 60 }), (length, acts) => {
      const room = new WaitingRoom<Call>(length);
      const inside = new Set<Call>();
      for (const [number, act] of acts.entries()) {
        if (act === "next") {
          const next = room.next();
          expect(next === null).toBe(inside.size === 0);
          if (!next) continue;
          for (const other of inside) expect(rank[other.priority]).toBeLessThanOrEqual(rank[next.priority]);
          inside.delete(next);
          continue;
        }
        const newcomer = { ...act, number };
        inside.add(newcomer);
        const gone = room.enter(newcomer);
        if (gone) {
          expect(inside.delete(gone)).toBe(true);
          for (const other of inside) expect(rank[other.priority]).toBeGreaterThanOrEqual(rank[gone.priority]);
        }
        expect(inside.size).toBeLessThanOrEqual(length);
        expect(room.size).toBe(inside.size);
        expect(new Set(room.all())).toEqual(inside);
      }
    }),
  );
});
