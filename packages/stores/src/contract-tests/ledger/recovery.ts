import { describe, expect, it } from "vitest";
import { digestOf, finishInput, granted, later, leaseInput, type LedgerOpener, note, restAndLookMs, restMs, sendInput, writeInput, writeOnce } from "./harness.ts";

export function recoveryGuarantees(open: LedgerOpener): void {
  describe("recovery", () => {
    it("hands out what was sent and lost, after the rest, with all that is needed to find out", async () => {
      const under = await open();
      const place = granted(await under.ledger.prepareWrite(writeInput({ view: "german" })));
      const base = { etag: '"old"', digest: digestOf("a") };
      await under.ledger.sendWrite(sendInput(place.write, { base, intended: digestOf("b"), refetch: ["Accept", "text/html"] }));
      await under.restart();
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toEqual([]);
      expect(await under.ledger.prepareWrite(writeInput())).toMatchObject({ kind: "busy", reason: "lock-delay" });
      under.advance(restMs + 1);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toMatchObject([
        { write: place.write, ...note, method: "PUT", consumer: "acme", callId: "call-1", fence: place.fence, view: "german", base, intended: digestOf("b"), refetch: ["Accept", "text/html"] },
      ]);
    });

    it("has after a kill all that it said before it, step by step", async () => {
      const under = await open();
      const seen = { ...note, view: "german", etag: null, digest: digestOf("a"), startedAt: 0 };
      const base = { contentType: "application/json", body: Buffer.from('{"a":1}').toString("base64"), retainMs: 600_000 };
      const steps = [
        () => under.ledger.noteState(seen),
        () => under.ledger.keepBase({ ...note, ...base, digest: digestOf("a") }),
        () => writeOnce(under.ledger, { view: "german" }, { etag: '"two"', digest: digestOf("b") }),
        () => writeOnce(under.ledger, { path: "/8", lockPath: "/7" }),
        () => under.ledger.noteState({ ...seen, etag: '"three"', digest: digestOf("c"), startedAt: later }),
        () => under.ledger.acquireLease(leaseInput({ path: "/9" })),
        () => writeOnce(under.ledger, {}, { digest: null }),
        () => under.ledger.noteState({ ...seen, view: "", digest: digestOf("d"), startedAt: later }),
      ];
      const shown = async (): Promise<unknown> => [
        await under.ledger.readResource({ ...note, view: "german" }), await under.ledger.readResource({ ...note, view: "" }), await under.ledger.readResource({ ...note, path: "/8", view: "" }),
        await under.ledger.listChanges({ ...note, after: 0, limit: 100 }), await under.ledger.readBase({ ...note, digest: digestOf("a") }), await under.ledger.listLeases({ service: null, limit: 10 }),
        { ...(await under.ledger.size({ service: null })), bytes: 0 },
      ];
      for (const step of steps) {
        await step();
        await under.restart();
        const after = await shown();
        await under.restart();
        expect(await shown()).toEqual(after);
      }
      expect(await under.ledger.readResource({ ...note, view: "" })).toMatchObject({ revision: 4, fence: 3, digest: digestOf("d") });
      expect((await under.ledger.listChanges({ ...note, after: 0, limit: 100 })).map(({ revision, by, kept }) => [revision, by, kept])).toEqual([[4, "acme", false], [3, "bypass", false], [2, "acme", false]]);
      expect(await under.ledger.readBase({ ...note, digest: digestOf("a") })).toMatchObject({ body: base.body });
    });

    it("gives each to one asker at a time, and again when that one is gone", async () => {
      const under = await open();
      const place = granted(await under.ledger.prepareWrite(writeInput()));
      await under.ledger.sendWrite(sendInput(place.write));
      await under.ledger.finishWrite(finishInput(place.write, { outcome: "unknown" }));
      under.advance(restMs + 1);
      const other = await under.connect();
      expect(await other.claimUnresolved({ limit: 10 })).toHaveLength(1);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toEqual([]);
      await other.close();
      await expect.poll(() => under.ledger.claimUnresolved({ limit: 10 })).toHaveLength(1);
    });

    it("takes what was found: applied becomes a revision of its writer's", async () => {
      const { ledger } = await open();
      const before = await writeOnce(ledger);
      const place = granted(await ledger.prepareWrite(writeInput({ consumer: "globex" })));
      await ledger.sendWrite(sendInput(place.write));
      await ledger.finishWrite(finishInput(place.write, { outcome: "unknown" }));
      expect(await ledger.resolveWrite({ write: place.write, outcome: "applied", etag: null, digest: digestOf("b") })).toEqual({ resolved: true });
      expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision: before + 1, changedBy: "globex", digest: digestOf("b") });
      expect(await ledger.resolveWrite({ write: place.write, outcome: "applied", etag: null, digest: null })).toEqual({ resolved: false });
      expect((await ledger.prepareWrite(writeInput())).kind).toBe("granted");
    });

    it("does not pass off what was seen before a lost write as what is there, while nobody knows how that ended: not after its rest, and not after a kill", async () => {
      const under = await open();
      await writeOnce(under.ledger, {}, { digest: digestOf("a"), exists: true });
      await under.ledger.noteState({ ...note, view: "german", etag: null, digest: digestOf("g"), startedAt: later });
      const states = async (): Promise<unknown[]> => {
        const found: unknown[] = [];
        for (const condition of [{ digest: digestOf("a") }, { state: "exists" as const }]) {
          const place = granted(await under.ledger.prepareWrite(writeInput({ sendIf: { ...condition, restMs, intended: null, refetch: [] } })));
          found.push([place.sent ?? false, place.state?.digest ?? null]);
          await under.ledger.finishWrite(finishInput(place.write, { outcome: "not-applied" }));
        }
        return found;
      };
      expect(await states()).toEqual([[true, digestOf("a")], [true, digestOf("a")]]);
      const lost = granted(await under.ledger.prepareWrite(writeInput()));
      await under.ledger.sendWrite(sendInput(lost.write));
      await under.ledger.finishWrite(finishInput(lost.write, { outcome: "unknown" }));
      const unknown = [[false, null], [false, null]];
      under.advance(restAndLookMs);
      expect(await states()).toEqual(unknown);
      await under.restart();
      under.advance(restAndLookMs);
      expect(await states()).toEqual(unknown);
      await under.ledger.resolveWrite({ write: lost.write, outcome: "diverged", etag: null, digest: null });
      expect(await states()).toEqual(unknown);
      await under.restart();
      expect(await states()).toEqual(unknown);
      for (const view of ["", "german"]) expect(await under.ledger.readResource({ ...note, view })).toMatchObject({ revision: expect.any(Number), digest: null });
      await under.ledger.noteState({ ...note, view: "", etag: null, digest: digestOf("b"), startedAt: later });
      expect(await under.ledger.readResource({ ...note, view: "" })).toMatchObject({ digest: digestOf("b"), changedBy: "acme" });
    });

    it("keeps writes waiting until somebody has looked, and not for long where nobody can", async () => {
      const under = await open();
      const lose = async (path: string): Promise<string> => {
        const { write } = granted(await under.ledger.prepareWrite(writeInput({ path, lockPath: path })));
        await under.ledger.sendWrite(sendInput(write));
        await under.ledger.finishWrite(finishInput(write, { outcome: "unknown" }));
        return write;
      };
      const place = (path: string): Promise<unknown> => under.ledger.prepareWrite(writeInput({ path, lockPath: path }));
      const [seen] = [await lose("/seen"), await lose("/unseen")];
      under.advance(restMs + 1);
      for (const path of ["/seen", "/unseen"]) expect(await place(path)).toMatchObject({ kind: "busy", reason: "lock-delay", retryAfterMs: 1_000 });
      await under.ledger.resolveWrite({ write: seen, outcome: "applied", etag: null, digest: digestOf("b") });
      expect(await place("/seen")).toMatchObject({ kind: "granted", state: { digest: digestOf("b"), changedBy: "acme" } });
      under.advance(restAndLookMs - restMs);
      expect(await place("/unseen")).toMatchObject({ kind: "granted" });
    });

    it("can be told ahead that a rest is about to end", async () => {
      const under = await open();
      const { write } = granted(await under.ledger.prepareWrite(writeInput()));
      await under.ledger.sendWrite(sendInput(write));
      await under.ledger.finishWrite(finishInput(write, { outcome: "unknown" }));
      under.advance(restMs - 1_001);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toEqual([]);
      under.advance(1);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toMatchObject([{ write }]);
      expect(await under.ledger.prepareWrite(writeInput())).toMatchObject({ kind: "busy", reason: "lock-delay", retryAfterMs: 1_000 });
    });

    it.each(["without a lease", "under one lease"])("a look that a later write has overtaken is no word about what is there, nor a late one of the caller's: %s", async (how) => {
      const under = await open();
      const lease = how === "under one lease" ? await under.ledger.acquireLease(leaseInput({ ttlMs: 60_000 })) : null;
      const input = writeInput({ lockToken: lease?.kind === "granted" ? lease.token : null });
      const first = granted(await under.ledger.prepareWrite(input));
      await under.ledger.sendWrite(sendInput(first.write));
      await under.ledger.finishWrite(finishInput(first.write, { outcome: "unknown" }));
      under.advance(restAndLookMs);
      const second = granted(await under.ledger.prepareWrite(input));
      await under.ledger.sendWrite(sendInput(second.write));
      const done = await under.ledger.finishWrite(finishInput(second.write, { digest: digestOf("c") }));
      expect(await under.ledger.finishWrite(finishInput(first.write, { digest: digestOf("b") }))).toEqual({ kind: "superseded" });
      // It had been asked for before the second was sent, and was answered after that.
      await under.ledger.resolveWrite({ write: first.write, outcome: "applied", etag: null, digest: digestOf("b") });
      const now = await under.ledger.readResource({ ...note, view: "" });
      expect([done, now]).toMatchObject([{ kind: "done", revision: now?.revision }, { digest: null }]);
      const trusting = granted(await under.ledger.prepareWrite({ ...input, sendIf: { digest: digestOf("b"), restMs, intended: null, refetch: [] } }));
      expect(trusting.sent ?? false).toBe(false);
    });

    it.each(["not-applied", "diverged"] as const)("takes what was found: %s changes no revision", async (outcome) => {
      const { ledger } = await open();
      const before = await writeOnce(ledger);
      const place = granted(await ledger.prepareWrite(writeInput()));
      await ledger.sendWrite(sendInput(place.write));
      await ledger.finishWrite(finishInput(place.write, { outcome: "unknown" }));
      await ledger.resolveWrite({ write: place.write, outcome, etag: null, digest: null });
      expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision: before });
      expect(await ledger.size({ service: null })).toMatchObject({ unresolvedWrites: 0 });
    });
  });
}
