import { conflictSubcauses } from "@parley/contract/conflicts/cause";
import { isProblemCode } from "@parley/contract/problems/table";
import { describe, expect, it } from "vitest";
import { decisionOrder } from "./decision-order.ts";
import { firstRefusal, type WriteFacts } from "./first-refusal.ts";

const failed = { kind: "failed", by: "if-match" } as const;

/** Each fact with the situation it stands for, in the order in which they count. */
const ladder: [WriteFacts, string, number][] = [
  [{ malformed: true }, "malformed", 400],
  [{ earlyData: true }, "earlyData", 425],
  [{ contentionSpent: true }, "contention", 429],
  [{ idempotency: "missing" }, "keyMissing", 400],
  [{ lease: "held" }, "leaseHeld", 423],
  [{ preconditionMissing: true }, "preconditionMissing", 428],
  [{ place: "queue-full" }, "queueFull", 409],
  [{ verdict: failed }, "ifMatchFalse", 412],
  [{ upstream: "response-lost" }, "responseLost", 504],
];

describe("the order in which a write is judged", () => {
  it("lets an earlier reason win over every later one", () => {
    ladder.forEach(([facts, situation, status], index) => {
      const later = ladder.slice(index).reduce<WriteFacts>((sum, [more]) => ({ ...sum, ...more }), {});
      for (const known of [facts, later]) {
        const refusal = firstRefusal(known);
        expect([refusal?.situation, refusal?.row.status]).toEqual([situation, status]);
      }
    });
  });

  it.each([
    [{ idempotency: "payload-mismatch" }, 422, "payload-mismatch"],
    [{ idempotency: "in-flight" }, 409, "in-flight"],
    [{ idempotency: "outcome-unknown" }, 409, "outcome-unknown"],
    [{ lease: "unknown-token" }, 423, "unknown-token"],
    [{ lease: "expired" }, 412, "expired"],
    [{ place: "resting" }, 409, "lock-delay"],
    [{ place: "ledger-down" }, 503, "down"],
    [{ verdict: { kind: "failed", by: "if-none-match" } }, 412, "created"],
  ] as [WriteFacts, number, string][])("%o is %s with subcause %s", (facts, status, subcause) => {
    expect(firstRefusal(facts)?.row).toMatchObject({ status, subcause });
  });

  it("replays a stored answer before If-Match is looked at", () => {
    expect(firstRefusal({ idempotency: "done", verdict: failed })?.row).toMatchObject({ code: null });
  });

  it("has nothing against a write of which everything is in order", () => {
    expect(firstRefusal({ idempotency: "first", lease: "own", place: "granted", verdict: { kind: "proceed", honourRange: true, weakDate: false }, upstream: "accepted" })).toBeNull();
  });

  it("is written down in the order in which it is walked, with codes and subcauses that exist", () => {
    const rows = Object.values(decisionOrder);
    expect(rows.map((row) => row.step)).toEqual(rows.map((row) => row.step).toSorted((left, right) => left - right));
    for (const row of rows) {
      if (row.code !== null) expect(isProblemCode(row.code)).toBe(true);
      if (row.cause !== null && row.subcause !== null) expect(conflictSubcauses[row.cause]).toContain(row.subcause);
    }
  });
});
