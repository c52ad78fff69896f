import { afterEach, expect, test } from "vitest";
import { Deadlines } from "../../exchange/deadlines.ts";
import { LeanCall } from "./lean-call.ts";
import { WaitingCalls } from "./waiting-calls.ts";

const deadlines = new Deadlines();
afterEach(() => deadlines.close());

const request = { origin: "http://127.0.0.1", method: "GET", path: "/", rawHeaders: [], body: null, timeouts: { connectMs: 60_000, firstByteMs: 60_000, idleMs: 60_000 } };
const answer = { head: () => {}, data: () => true, end: () => {}, failure: () => {} };

/** Has so many calls wait and so many of them served, and says what is asked for then. */
function seenTo(waiting: number, served: number): Promise<{ count: number; inVain: boolean }> {
  return new Promise((resolve) => {
    const calls = new WaitingCalls({
      deadlines,
      patienceMs: 20,
      impatient: (count, inVain) => {
        while (calls.next() !== null);
        resolve({ count, inVain });
      },
    });
    for (let call = 0; call < waiting; call++) calls.add(new LeanCall(request, { text: "", length: 0 }, answer));
    for (let call = 0; call < served; call++) calls.next();
  });
}

test("where none was served all that wait have connections opened", async () => {
  expect(await seenTo(8, 0)).toEqual({ count: 8, inVain: true });
});

test("where some still wait some connections are opened, however many were served: those that are always wanted come to be", async () => {
  const { count, inVain } = await seenTo(12, 10);
  expect(count).toBeGreaterThanOrEqual(1);
  expect(inVain).toBe(false);
});
