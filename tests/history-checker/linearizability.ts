/**
 * Whether a history could have been made by a single copy that does one thing at a time: Wing and Gong's search with
 * Lowe's memory of what was tried, one key at a time. Operations without an answer may take effect late or never.
 * When the budget is used up the verdict is `unknown`, and never `pass`.
 */
import type { Action, Operation } from "./history.ts";

export type Verdict =
  | { verdict: "pass"; steps: number }
  | { verdict: "fail"; key: string; operations: Operation[]; steps: number }
  | { verdict: "unknown"; key: string; steps: number };

export interface CheckOptions {
  /** Steps of the search, all keys together. */
  budget: number;
  /** What each key holds at the beginning. */
  initial: string | null;
}

export function checkLinearizability(history: readonly Operation[], options: CheckOptions = { budget: 1_000_000, initial: null }): Verdict {
  let steps = 0;
  let undecided: string | null = null;
  for (const [key, operations] of Map.groupBy(history, (operation) => operation.key)) {
    const search = searchKey(operations, { budget: options.budget - steps, initial: options.initial });
    steps += search.steps;
    if (search.result === "fail") return { verdict: "fail", key, operations, steps };
    if (search.result === "unknown") undecided = key;
  }
  return undecided === null ? { verdict: "pass", steps } : { verdict: "unknown", key: undecided, steps };
}

interface Search {
  result: "pass" | "fail" | "unknown";
  steps: number;
}

interface Position {
  done: bigint;
  value: string | null;
}

function searchKey(operations: Operation[], options: CheckOptions): Search {
  const sorted = operations.toSorted((left, right) => left.invokedAt - right.invokedAt);
  const mustHappen = sorted.reduce((bits, operation, index) => (operation.returnedAt === null ? bits : bits | (1n << BigInt(index))), 0n);
  const tried = new Set<string>();
  const open: Position[] = [{ done: 0n, value: options.initial }];
  let steps = 0;
  for (let position = open.pop(); position !== undefined; position = open.pop()) {
    if ((position.done & mustHappen) === mustHappen) return { result: "pass", steps };
    for (const next of successors(sorted, position)) {
      steps += 1;
      if (steps > options.budget) return { result: "unknown", steps };
      const name = `${next.done.toString(36)} ${JSON.stringify(next.value)}`;
      if (tried.has(name)) continue;
      tried.add(name);
      open.push(next);
    }
  }
  return { result: "fail", steps };
}

/** Next can be only what began before everything that is still to come had ended. */
function* successors(sorted: Operation[], position: Position): Generator<Position> {
  const remaining = sorted.map((operation, index) => ({ operation, bit: 1n << BigInt(index) })).filter(({ bit }) => (position.done & bit) === 0n);
  const firstEnd = Math.min(...remaining.map(({ operation }) => operation.returnedAt ?? Infinity));
  for (const { operation, bit } of remaining) {
    if (operation.invokedAt > firstEnd) return;
    const after = apply(operation.action, position.value);
    if (after !== undefined) yield { done: position.done | bit, value: after };
  }
}

/** What the key holds afterwards; undefined where a single copy would have answered otherwise. */
function apply(action: Action, value: string | null): string | null | undefined {
  switch (action.kind) {
    case "read":
      return action.value === value ? value : undefined;
    case "write":
      return action.value;
    case "compare-and-set": {
      const matches = value === action.expected;
      if (action.done !== null && action.done !== matches) return undefined;
      return matches ? action.value : value;
    }
  }
}
