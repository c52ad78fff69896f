import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { describe, expect, it } from "vitest";
import type { LedgerInput } from "../../ports/ledger.ts";
import type { LedgerOpener } from "./harness.ts";

function record(number: number, change: Partial<ConflictRecord> = {}): ConflictRecord {
  return {
    id: number.toString(16).padStart(32, "0"), at: 1_000 + number, state: "prevented", service: "notes", resource: "/notes/7", method: "PUT", consumer: "acme", consumers: ["acme"],
    status: 412, detail: "changed", cause: "concurrent-modification", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false,
    retry: { strategy: "refetch" }, expected: ['"1"'], changes: [{ op: "replace", path: "/a", value: { deep: [1, null] } }], ...change,
  };
}

const all: LedgerInput<"findConflicts"> = { service: null, state: null, cause: null, after: null, limit: 10 };

export function conflictGuarantees(open: LedgerOpener): void {
  describe("conflicts", () => {
    it("are given back as they were recorded", async () => {
      const { ledger } = await open();
      await ledger.recordConflict(record(1));
      expect(await ledger.getConflict({ id: record(1).id })).toEqual(record(1));
      expect(await ledger.getConflict({ id: "f".repeat(32) })).toBeNull();
    });

    it("are listed newest first, by service, state and cause, page by page", async () => {
      const { ledger } = await open();
      const records = [record(1), record(2, { service: "orders" }), record(3, { state: "lost", cause: "lost-update" }), record(4), record(5)];
      for (const one of records) await ledger.recordConflict(one);
      const ids = async (query: Partial<typeof all>): Promise<number[]> =>
        (await ledger.findConflicts({ ...all, ...query })).items.map((item) => Number.parseInt(item.id, 16));
      expect(await ids({})).toEqual([5, 4, 3, 2, 1]);
      expect(await ids({ service: "notes" })).toEqual([5, 4, 3, 1]);
      expect(await ids({ state: "lost" })).toEqual([3]);
      expect(await ids({ cause: "concurrent-modification", service: "orders" })).toEqual([2]);
      const page = await ledger.findConflicts({ ...all, limit: 2 });
      expect(page.items).toHaveLength(2);
      expect(await ids({ limit: 3, after: page.next })).toEqual([3, 2, 1]);
      expect((await ledger.findConflicts({ ...all, limit: 3, after: page.next })).next).toBeNull();
      expect(await ids({ after: "nonsense" })).toEqual([]);
    });

    it("are completed by what was found later", async () => {
      const { ledger } = await open();
      await ledger.recordConflict(record(1, { state: "unknown", cause: "outcome-unknown" }));
      await ledger.recordConflict(record(1, { state: "applied", cause: "outcome-unknown", found: { at: 9, outcome: "applied" } }));
      expect((await ledger.findConflicts({ ...all, state: "applied" })).items).toMatchObject([{ found: { outcome: "applied" } }]);
      expect((await ledger.findConflicts(all)).items).toHaveLength(1);
    });

    it("are kept to a cap of each service, and survive a restart", async () => {
      const under = await open({ conflicts: 3 });
      for (let number = 1; number <= 6; number += 1) await under.ledger.recordConflict(record(number));
      await under.ledger.recordConflict(record(7, { service: "orders" }));
      under.sweep();
      await under.restart();
      expect((await under.ledger.findConflicts(all)).items.map((item) => Number.parseInt(item.id, 16))).toEqual([7, 6, 5, 4]);
    });
  });
}
