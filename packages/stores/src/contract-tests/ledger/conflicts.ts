import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { describe, expect, it } from "vitest";
import type { LedgerInput, LedgerOutput } from "../../ports/ledger.ts";
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

    it("are found by who took part, by resource, by call and by time", async () => {
      const { ledger } = await open();
      await ledger.recordConflict(record(1, { consumers: ["acme", "globex"], callId: "call-1" }));
      await ledger.recordConflict(record(2, { consumers: ["glob"], resource: "/notes/8", callId: "call-2" }));
      const ids = async (query: Partial<typeof all>): Promise<number[]> =>
        (await ledger.findConflicts({ ...all, ...query })).items.map((item) => Number.parseInt(item.id, 16));
      expect(await ids({ consumer: "globex" })).toEqual([1]);
      expect(await ids({ consumer: "glob" })).toEqual([2]);
      expect(await ids({ consumer: "lob" })).toEqual([]);
      expect(await ids({ resource: "/notes/8" })).toEqual([2]);
      expect(await ids({ call: "call-1" })).toEqual([1]);
      expect(await ids({ origin: "upstream" })).toEqual([]);
      expect(await ids({ origin: "gateway" })).toEqual([2, 1]);
      expect(await ids({ from: 1_002 })).toEqual([2]);
      expect(await ids({ from: 1_002.7 })).toEqual([2]);
      expect(await ids({ to: 1_002 })).toEqual([1]);
    });

    it("give pages that fit one answer however large their records are", async () => {
      const { ledger } = await open();
      const large = { detail: "x".repeat(1024 ** 2) };
      for (let number = 1; number <= 6; number += 1) await ledger.recordConflict(record(number, large));
      const seen: number[] = [];
      for (let after: string | null = null, pages = 0; pages < 6; pages += 1) {
        const page: LedgerOutput<"findConflicts"> = await ledger.findConflicts({ ...all, after });
        seen.push(...page.items.map((item) => Number.parseInt(item.id, 16)));
        after = page.next;
        if (after === null) break;
      }
      expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
    });

    it("are counted by kind and by resource, the worst first", async () => {
      const { ledger } = await open();
      for (const number of [1, 2, 3]) await ledger.recordConflict(record(number));
      await ledger.recordConflict(record(4, { state: "lost", cause: "lost-update", resource: "/notes/8" }));
      await ledger.recordConflict(record(5, { service: "orders" }));
      const counts = await ledger.countConflicts({ service: "notes", from: 0, to: 2_000, limit: 1 });
      expect(counts.kinds).toEqual([
        { service: "notes", state: "prevented", cause: "concurrent-modification", origin: "gateway", count: 3, lastAt: 1_003 },
        { service: "notes", state: "lost", cause: "lost-update", origin: "gateway", count: 1, lastAt: 1_004 },
      ]);
      expect(counts.resources).toEqual([{ service: "notes", resource: "/notes/7", count: 3, lastAt: 1_003 }]);
      expect((await ledger.countConflicts({ service: null, from: 1_005, to: 1_006, limit: 9 })).kinds).toMatchObject([{ service: "orders", count: 1 }]);
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
