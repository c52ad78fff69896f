/** The checkers themselves, on histories that are known to be good and known to be bad. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action, NamedWrite, Operation } from "./history.ts";
import { checkLinearizability } from "./linearizability.ts";
import { findLostUpdates } from "./lost-updates.ts";

function write(id: string, predecessor: string | null, outcome: NamedWrite["outcome"] = "acknowledged"): NamedWrite {
  return { key: "k", id, predecessor, outcome };
}

describe("lost updates", () => {
  const chain = [write("a", null), write("b", "a"), write("c", "b")];

  it("are none in a chain that ends where the history ends", () => {
    expect(findLostUpdates(chain, new Map([["k", "c"]]))).toEqual([]);
    expect(findLostUpdates([], new Map([["k", null]]))).toEqual([]);
  });

  it("are none where the second writer was refused, or a write without an answer had no effect", () => {
    expect(findLostUpdates([...chain, write("x", "b", "refused"), write("y", "b", "unknown")], new Map([["k", "c"]]))).toEqual([]);
  });

  it("are none where a write without an answer had its effect, and the next was made from it", () => {
    expect(findLostUpdates([write("a", null), write("b", "a", "unknown"), write("c", "b")], new Map([["k", "c"]]))).toEqual([]);
  });

  it("are found by a second successor, without knowing the end", () => {
    expect(findLostUpdates([...chain, write("x", "a")])).toEqual([{ kind: "second-successor", key: "k", predecessor: "a", writes: ["b", "x"] }]);
    expect(findLostUpdates([write("a", null), write("b", null)])).toMatchObject([{ kind: "second-successor", predecessor: null }]);
  });

  it("are found by the end: an acknowledged write that it does not descend from", () => {
    expect(findLostUpdates(chain, new Map([["k", "b"]]))).toEqual([{ kind: "not-in-the-end", key: "k", write: "c" }]);
    expect(findLostUpdates([write("a", null), write("b", "a"), write("u", "a", "unknown")], new Map([["k", "u"]]))).toEqual([{ kind: "not-in-the-end", key: "k", write: "b" }]);
    expect(findLostUpdates(chain, new Map([["k", null]]))).toHaveLength(3);
  });

  it("and so are a refused write that is there, an end that nobody wrote, and a circle", () => {
    expect(findLostUpdates([write("a", null), write("b", "a", "refused")], new Map([["k", "b"]]))).toMatchObject([{ kind: "refused-and-there", write: "b" }]);
    expect(findLostUpdates(chain, new Map([["k", "z"]]))).toMatchObject([{ kind: "invented", version: "z" }]);
    expect(findLostUpdates([write("a", "b"), write("b", "a")], new Map([["k", "a"]]))).toMatchObject([{ kind: "circle" }]);
  });

  it("are sought key by key", () => {
    expect(findLostUpdates([write("a", null), { ...write("b", null), key: "other" }])).toEqual([]);
  });
});

const read = (value: string | null): Action => ({ kind: "read", value });
const put = (value: string): Action => ({ kind: "write", value });
const swap = (expected: string | null, value: string, done: boolean | null = true): Action => ({ kind: "compare-and-set", expected, value, done });

/** [from, to, action]; a `to` of null is an operation without an answer. */
function history(...rows: [number, number | null, Action][]): Operation[] {
  return rows.map(([invokedAt, returnedAt, action], index) => ({ key: "k", client: `c${index}`, invokedAt, returnedAt, action }));
}

describe("linearizability", () => {
  it.each<[string, Operation[]]>([
    ["nothing", []],
    ["one after the other", history([0, 1, read(null)], [2, 3, put("a")], [4, 5, read("a")])],
    ["overlapping writes, read in either order", history([0, 10, put("a")], [0, 10, put("b")], [11, 12, read("a")])],
    ["a read that overlaps a write sees the old value", history([0, 1, put("a")], [2, 10, put("b")], [3, 4, read("a")], [11, 12, read("b")])],
    ["a read that overlaps a write sees the new value", history([0, 10, put("b")], [3, 4, read("b")])],
    ["a write without an answer takes effect late", history([0, null, put("a")], [1, 2, read(null)], [3, 4, read("a")])],
    ["a write without an answer never takes effect", history([0, null, put("a")], [1, 2, read(null)], [100, 101, read(null)])],
    ["a comparison that fails", history([0, 1, put("a")], [2, 3, swap("b", "c", false)], [4, 5, read("a")])],
    ["two comparisons of which one wins", history([0, 5, swap(null, "a")], [0, 5, swap(null, "b", false)], [6, 7, read("a")])],
    ["a comparison without an answer, which had won", history([0, null, swap(null, "a", null)], [1, 2, swap("a", "b")], [3, 4, read("b")])],
    ["a comparison without an answer, which had lost", history([0, 1, put("x")], [2, null, swap(null, "a", null)], [3, 4, read("x")])],
  ])("holds for %s", (_, operations) => expect(checkLinearizability(operations).verdict).toBe("pass"));

  it.each<[string, Operation[]]>([
    ["a read of what nobody wrote", history([0, 1, read("a")])],
    ["a stale read", history([0, 1, put("a")], [2, 3, put("b")], [4, 5, read("a")])],
    ["a read that goes back", history([0, 10, put("a")], [1, 2, read("a")], [3, 4, read(null)])],
    ["an acknowledged write that vanished", history([0, 1, put("a")], [2, 3, read(null)])],
    ["a lost update: two comparisons of one value both win", history([0, 5, swap(null, "a")], [0, 5, swap(null, "b")])],
    ["a lost update one after the other", history([0, 1, swap(null, "a")], [2, 3, swap("a", "b")], [4, 5, swap("a", "c")])],
    ["a comparison that failed without a reason", history([0, 1, swap(null, "a", false)], [2, 3, read(null)])],
    ["a write without an answer that took effect before it began", history([0, 1, read("a")], [2, null, put("a")])],
    ["a write without an answer that took effect twice", history([0, null, put("a")], [1, 2, read("a")], [3, 4, put("b")], [5, 6, read("a")])],
  ])("does not hold for %s", (_, operations) => expect(checkLinearizability(operations).verdict).toBe("fail"));

  it("judges keys apart, and names the one that is wrong", () => {
    const good = history([0, 1, put("a")], [2, 3, read("a")]);
    const bad = history([0, 1, put("a")], [2, 3, read("b")]).map((operation) => ({ ...operation, key: "bad" }));
    expect(checkLinearizability([...good, ...bad])).toMatchObject({ verdict: "fail", key: "bad" });
  });

  it("is unknown when the budget is used up, and never a pass", () => {
    const wide = history(...Array.from({ length: 18 }, (_, index): [number, number, Action] => [0, 100, put(`v${index}`)]), [101, 102, read("none of them")]);
    expect(checkLinearizability(wide, { budget: 10_000, initial: null })).toMatchObject({ verdict: "unknown", key: "k" });
    expect(checkLinearizability(history([0, 1, put("a")]), { budget: 0, initial: null }).verdict).toBe("unknown");
  });

  it("still fails when another key is certainly wrong", () => {
    const wide = history(...Array.from({ length: 12 }, (_, index): [number, number, Action] => [0, 100, put(`v${index}`)]));
    const bad = history([0, 1, read("x")]).map((operation) => ({ ...operation, key: "bad" }));
    expect(checkLinearizability([...bad, ...wide], { budget: 1_000, initial: null })).toMatchObject({ verdict: "fail", key: "bad" });
  });
});

/** A register that does one thing at a time, at a random moment inside each operation: every history of it is good. */
const goodHistory = fc
  .array(fc.record({ start: fc.integer({ min: 0, max: 40 }), before: fc.integer({ min: 0, max: 10 }), after: fc.integer({ min: 0, max: 10 }), kind: fc.constantFrom("read", "write", "swap"), answered: fc.boolean(), guess: fc.boolean() }), { maxLength: 14 })
  .map((plans) => {
    let value: string | null = null;
    const moments = plans.map((plan, index) => ({ ...plan, index, moment: plan.start + plan.before + index / 1000 })).sort((left, right) => left.moment - right.moment);
    return moments.map(({ kind, index, moment, before, after, answered, guess }): Operation => {
      const expected: string | null = guess ? value : "nothing like it";
      const action: Action = kind === "read" ? read(value) : kind === "write" ? put(`v${index}`) : swap(expected, `v${index}`, answered ? guess : null);
      if (action.kind === "write" || (action.kind === "compare-and-set" && guess)) value = action.value;
      const lost = !answered && action.kind !== "read";
      return { key: "k", client: `c${index}`, invokedAt: moment - before, returnedAt: lost ? null : moment + after, action };
    });
  });

describe("histories of a register that does one thing at a time", () => {
  it("always pass", () => {
    fc.assert(fc.property(goodHistory, (operations) => checkLinearizability(operations).verdict === "pass"), { numRuns: 300 });
  });

  it("fail as soon as one read saw what nobody ever wrote", () => {
    fc.assert(
      fc.property(goodHistory, fc.integer({ min: 0, max: 100 }), (operations, at) => {
        const lie: Operation = { key: "k", client: "liar", invokedAt: at, returnedAt: at + 1, action: read("never written") };
        expect(checkLinearizability([...operations, lie]).verdict).toBe("fail");
      }),
      { numRuns: 100 },
    );
  });
});
