import { expect, test } from "vitest";
import { watchClock } from "./housekeeping.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Clock {
  setMs: number;
  passedMs: number;
}

function watched(): { clock: Clock; isSteady: () => boolean } {
  const clock: Clock = { setMs: Date.UTC(2027, 0), passedMs: 0 };
  return { clock, isSteady: watchClock({ now: () => clock.setMs + clock.passedMs, monotonicMs: () => clock.passedMs }) };
}

test("a clock that goes on is believed, also where it is corrected by seconds", () => {
  const { clock, isSteady } = watched();
  for (let hour = 0; hour < 48; hour++) {
    clock.passedMs += hourMs;
    clock.setMs += 30_000;
    expect(isSteady()).toBe(true);
  }
});

test("a leap forward deletes nothing until it has lasted for an hour", () => {
  const { clock, isSteady } = watched();
  clock.setMs += 3_650 * dayMs;
  expect(isSteady()).toBe(false);
  clock.passedMs += hourMs - 1;
  expect(isSteady()).toBe(false);
  clock.passedMs += 1;
  expect(isSteady()).toBe(true);
});

test("a leap that is taken back is forgotten at once", () => {
  const { clock, isSteady } = watched();
  clock.setMs += 3_650 * dayMs;
  expect(isSteady()).toBe(false);
  clock.setMs -= 3_650 * dayMs;
  expect(isSteady()).toBe(true);
});

test("going back throws nothing away too early, and needs no waiting", () => {
  const { clock, isSteady } = watched();
  clock.setMs -= 3_650 * dayMs;
  expect(isSteady()).toBe(true);
});
