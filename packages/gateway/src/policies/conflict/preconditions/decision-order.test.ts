import { conflictSubcauses } from "@parley/contract/conflicts/cause";
import { isProblemCode } from "@parley/contract/problems/table";
import { describe, expect, it } from "vitest";
import { decisionOrder } from "./decision-order.ts";

describe("the order in which a write is judged", () => {
  it("is written down in the order in which it is walked, with codes and subcauses that exist", () => {
    const rows = Object.values(decisionOrder);
    expect(rows.map((row) => row.step)).toEqual(rows.map((row) => row.step).toSorted((left, right) => left - right));
    for (const row of rows) {
      if (row.code !== null) expect(isProblemCode(row.code)).toBe(true);
      if (row.cause !== null && row.subcause !== null) expect(conflictSubcauses[row.cause]).toContain(row.subcause);
    }
  });
});
