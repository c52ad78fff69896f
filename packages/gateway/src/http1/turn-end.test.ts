import { once } from "node:events";
import { expect, test } from "vitest";
import { TurnEnd } from "./turn-end.ts";

function turnOver(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("items run once, in order, at the end of the turn; what they add runs in the next", async () => {
  const turn = new TurnEnd();
  const ran: string[] = [];
  turn.add({ endOfTurn: () => ran.push("first") });
  turn.add({
    endOfTurn: () => {
      ran.push("second");
      turn.add({ endOfTurn: () => ran.push("third") });
    },
  });
  expect(ran).toEqual([]);
  await turnOver();
  expect(ran).toEqual(["first", "second"]);
  await turnOver();
  expect(ran).toEqual(["first", "second", "third"]);
});

test("one that throws holds up no other", async () => {
  const turn = new TurnEnd();
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  try {
    const thrown = once(process, "uncaughtException");
    const ran = new Promise<void>((resolve) => {
      turn.add({
        endOfTurn: () => {
          throw new Error("a bug");
        },
      });
      turn.add({ endOfTurn: resolve });
    });
    expect((await thrown)[0]).toMatchObject({ message: "a bug" });
    await ran;
  } finally {
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
});
