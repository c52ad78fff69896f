import { describe, expect, it } from "vitest";
import { digestOf, later, type LedgerOpener } from "./harness.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function bypassGuarantees(open: LedgerOpener): void {
  describe("bypasses", () => {
    it("are known after a restart, the last one of each service, for 30 days", async () => {
      const under = await open();
      await under.ledger.keepBypass({ service: "notes", path: "/notes/1" });
      under.advance(dayMs);
      await under.ledger.keepBypass({ service: "notes", path: "/notes/2" });
      await under.ledger.keepBypass({ service: "people", path: "/people/1" });
      await under.restart();
      const [notes, people] = await under.ledger.listBypasses({ service: null });
      expect([notes, people]).toMatchObject([{ service: "notes", path: "/notes/2" }, { service: "people", path: "/people/1" }]);
      expect(await under.ledger.listBypasses({ service: "people" })).toEqual([people]);
      under.advance(30 * dayMs);
      expect(await under.ledger.listBypasses({ service: null })).toEqual([]);
    });

    it("are told by resource: how many, from when until when, the last first", async () => {
      const under = await open();
      const see = (path: string, letter: string): Promise<unknown> => under.ledger.noteState({ service: "notes", path, view: "", etag: null, digest: digestOf(letter), startedAt: later });
      for (const letter of ["a", "b", "c"]) {
        await see("/notes/1", letter);
        under.advance(1_000);
      }
      await see("/notes/2", "a");
      await see("/notes/2", "b");
      await see("/notes/3", "a");
      const found = await under.ledger.listBypassed({ service: "notes", limit: 10 });
      expect(found.map(({ path, count, firstAt, lastAt }) => [path, count, lastAt - firstAt])).toEqual([["/notes/2", 1, 0], ["/notes/1", 2, 1_000]]);
      expect(await under.ledger.listBypassed({ service: "notes", limit: 1 })).toHaveLength(1);
      expect(await under.ledger.listBypassed({ service: "people", limit: 10 })).toEqual([]);
    });

    it("are forgotten at an operator's word, but not one that was found since", async () => {
      const under = await open();
      await under.ledger.keepBypass({ service: "notes", path: "/notes/1" });
      const [seen] = await under.ledger.listBypasses({ service: "notes" });
      under.advance(1_000);
      await under.ledger.keepBypass({ service: "notes", path: "/notes/2" });
      expect(await under.ledger.forgetBypass({ service: "notes", foundAt: seen?.foundAt ?? 0 })).toEqual({ forgotten: false });
      expect(await under.ledger.forgetBypass({ service: "notes" })).toEqual({ forgotten: true });
      expect(await under.ledger.listBypasses({ service: "notes" })).toEqual([]);
      expect(await under.ledger.forgetBypass({ service: "notes" })).toEqual({ forgotten: false });
    });
  });
}
