import { describe, expect, it } from "vitest";
import type { LedgerOpener } from "./harness.ts";

const email = { service: "people", path: "/people", value: "a".repeat(43) };

export function uniqueValueGuarantees(open: LedgerOpener): void {
  describe("unique values", () => {
    it("belong to the resource that was said last, after a restart too, and to one collection of one service", async () => {
      const under = await open();
      await under.ledger.keepUnique({ ...email, location: "/people/1", retainMs: 60_000 });
      await under.ledger.keepUnique({ ...email, location: "/people/2", retainMs: 60_000 });
      await under.restart();
      expect(await under.ledger.findUnique(email)).toEqual({ location: "/people/2" });
      for (const other of [{ path: "/others" }, { service: "others" }, { value: "b".repeat(43) }]) expect(await under.ledger.findUnique({ ...email, ...other })).toEqual({ location: null });
    });

    it("are forgotten when they have been retained for long enough, and the oldest first where they are too many", async () => {
      const under = await open({ changes: 2 });
      await under.ledger.keepUnique({ ...email, location: "/people/1", retainMs: 1_000 });
      under.advance(1_001);
      expect(await under.ledger.findUnique(email)).toEqual({ location: null });
      const values = ["c", "d", "e"].map((letter) => ({ ...email, value: letter.repeat(43) }));
      for (const value of values) await under.ledger.keepUnique({ ...value, location: "/people/9", retainMs: 60_000 });
      under.sweep();
      const found = await Promise.all(values.map((value) => under.ledger.findUnique(value)));
      expect(found.map(({ location }) => location)).toEqual([null, "/people/9", "/people/9"]);
    });
  });
}
