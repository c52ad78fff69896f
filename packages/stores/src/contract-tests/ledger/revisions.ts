import { describe, expect, it } from "vitest";
import { digestOf, granted, later, type LedgerOpener, note, sendInput, writeInput, writeOnce } from "./harness.ts";

const seen = { ...note, view: "", etag: null, startedAt: later };
const kept = { ...note, contentType: "application/json", retainMs: 60_000 };

export function revisionGuarantees(open: LedgerOpener): void {
  describe("revisions", () => {
    it("knows nothing of a resource that nobody touched", async () => {
      const { ledger } = await open();
      expect(await ledger.readResource({ ...note, view: "" })).toBeNull();
      expect(await ledger.listChanges({ ...note, after: 0, limit: 10 })).toEqual([]);
    });

    it("counts every applied write, and says who made it", async () => {
      const { ledger } = await open();
      const first = await writeOnce(ledger, { consumer: "acme" }, { digest: digestOf("a"), etag: '"x"' });
      const second = await writeOnce(ledger, { consumer: "globex", callId: "call-2" }, { digest: digestOf("b") });
      expect(second).toBe(first + 1);
      expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision: second, digest: digestOf("b"), etag: null, changedBy: "globex" });
      const changes = await ledger.listChanges({ ...note, after: 0, limit: 10 });
      expect(changes.map(({ revision, by, callId, digest }) => [revision, by, callId, digest])).toEqual([[second, "globex", "call-2", digestOf("b")], [first, "acme", "call-1", digestOf("a")]]);
      expect(await ledger.listChanges({ ...note, after: first, limit: 10 })).toHaveLength(1);
    });

    it("gives the same revision for what it has seen, and a new one by bypass for what no write explains", async () => {
      const { ledger } = await open();
      const one = await ledger.noteState({ ...seen, digest: digestOf("a") });
      expect(await ledger.noteState({ ...seen, digest: digestOf("a") })).toEqual({ revision: one.revision, fence: one.fence, bypass: false, conclusive: true });
      expect(await ledger.noteState({ ...seen, digest: digestOf("b") })).toEqual({ revision: one.revision + 1, fence: one.fence, bypass: true, conclusive: true });
      expect(await ledger.listChanges({ ...note, after: 0, limit: 10 })).toMatchObject([{ by: "bypass", digest: digestOf("b") }]);
    });

    it("takes what a write did not show from the next read, without suspecting anybody", async () => {
      const { ledger } = await open();
      const revision = await writeOnce(ledger);
      expect(await ledger.noteState({ ...seen, digest: digestOf("c") })).toEqual({ revision, fence: 1, bypass: false, conclusive: true });
      expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ digest: digestOf("c") });
    });

    it("has in its history what the next read showed of a write", async () => {
      const { ledger } = await open();
      const first = await writeOnce(ledger);
      await ledger.keepBase({ ...kept, digest: digestOf("c"), body: "e30=" });
      await ledger.noteState({ ...seen, digest: digestOf("c") });
      await writeOnce(ledger, { consumer: "globex" });
      const changes = await ledger.listChanges({ ...note, after: 0, limit: 10 });
      expect(changes.map(({ revision, by, digest, kept: isKept }) => [revision, by, digest, isKept])).toEqual([[first + 1, "globex", null, false], [first, "acme", digestOf("c"), true]]);
      expect((await ledger.listChanges({ ...note, after: 0, before: first + 1, limit: 10 })).map(({ revision }) => revision)).toEqual([first]);
    });

    it("has in its history a kept state that no write made", async () => {
      const { ledger } = await open();
      const { revision } = await ledger.noteState({ ...seen, digest: digestOf("a") });
      await ledger.keepBase({ ...kept, digest: digestOf("a"), body: "e30=", revision });
      await ledger.keepBase({ ...kept, digest: digestOf("a"), body: "e30=", revision });
      expect(await ledger.listChanges({ ...note, after: 0, limit: 10 })).toMatchObject([{ revision, by: "", method: "", digest: digestOf("a"), kept: true }]);
    });

    it("draws no conclusion from a read that a write overlaps", async () => {
      const { ledger } = await open();
      await ledger.noteState({ ...seen, digest: digestOf("a") });
      const place = granted(await ledger.prepareWrite(writeInput()));
      await ledger.sendWrite(sendInput(place.write));
      expect(await ledger.noteState({ ...seen, digest: digestOf("b") })).toMatchObject({ bypass: false, conclusive: false });
    });

    it("draws no conclusion from a read that began before the last write", async () => {
      const { ledger } = await open();
      await writeOnce(ledger, {}, { digest: digestOf("b") });
      expect(await ledger.noteState({ ...seen, digest: digestOf("a"), startedAt: 0 })).toMatchObject({ bypass: false, conclusive: false });
      expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ digest: digestOf("b") });
    });

    it("keeps the views of a resource apart", async () => {
      const { ledger } = await open();
      const one = await ledger.noteState({ ...seen, view: "german", digest: digestOf("a") });
      expect(await ledger.noteState({ ...seen, view: "french", digest: digestOf("b") })).toEqual({ ...one, bypass: false });
      expect(await ledger.readResource({ ...note, view: "german" })).toMatchObject({ digest: digestOf("a") });
      expect(await ledger.readResource({ ...note, view: "french" })).toMatchObject({ digest: digestOf("b") });
      await writeOnce(ledger, { view: "german" }, { digest: digestOf("c") });
      expect(await ledger.readResource({ ...note, view: "french" })).toMatchObject({ digest: null });
    });

    it("keeps services and paths apart", async () => {
      const { ledger } = await open();
      await writeOnce(ledger);
      expect(await ledger.readResource({ service: "other", path: note.path, view: "" })).toBeNull();
      expect(await ledger.readResource({ ...note, path: "/8", view: "" })).toBeNull();
    });

    it("never gives out a revision or a fence again, even for a resource that it forgot", async () => {
      const { ledger, sweep } = await open({ resources: 2 });
      for (let count = 0; count < 5; count += 1) await writeOnce(ledger);
      const before = await ledger.readResource({ ...note, view: "" });
      for (let index = 0; index < 40; index += 1) await writeOnce(ledger, { path: `/other/${index}` });
      for (let count = 0; count < 60 && (await ledger.readResource({ ...note, view: "" })) !== null; count += 1) sweep();
      expect(await ledger.readResource({ ...note, view: "" })).toBeNull();
      expect(await writeOnce(ledger)).toBeGreaterThan(before?.revision ?? 0);
      expect((await ledger.readResource({ ...note, view: "" }))?.fence).toBeGreaterThan(before?.fence ?? 0);
    });

    it("survives a restart", async () => {
      const under = await open();
      const revision = await writeOnce(under.ledger, {}, { digest: digestOf("a") });
      await under.restart();
      expect(await under.ledger.readResource({ ...note, view: "" })).toMatchObject({ revision, digest: digestOf("a") });
      expect(await writeOnce(under.ledger)).toBe(revision + 1);
    });
  });

  describe("bases", () => {
    const body = Buffer.from([0, 255, 10, 34]).toString("base64");

    it("gives back the body of a digest, for its resource alone, until its time is over", async () => {
      const { ledger, advance } = await open();
      expect(await ledger.keepBase({ ...kept, digest: digestOf("a"), body })).toEqual({ kept: true });
      expect(await ledger.readBase({ ...note, digest: digestOf("a") })).toEqual({ contentType: "application/json", body });
      expect(await ledger.readBase({ ...note, path: "/8", digest: digestOf("a") })).toBeNull();
      expect(await ledger.readBase({ ...note, digest: digestOf("b") })).toBeNull();
      advance(60_001);
      expect(await ledger.readBase({ ...note, digest: digestOf("a") })).toBeNull();
    });

    it("keeps the body that a read saw together with its state", async () => {
      const { ledger } = await open();
      const base = { contentType: "application/json", body: Buffer.from(body, "base64"), retainMs: 60_000 };
      expect(await ledger.noteState({ ...seen, digest: digestOf("a"), base })).toEqual({ revision: 1, fence: 0, bypass: false, conclusive: true });
      expect(await ledger.readBase({ ...note, digest: digestOf("a") })).toEqual({ contentType: "application/json", body });
      expect(await ledger.noteState({ ...seen, digest: digestOf("b"), base: { ...base, body: Buffer.from("{}") } })).toMatchObject({ revision: 2, bypass: true });
      expect((await ledger.listChanges({ ...note, after: 1, limit: 10 })).map(({ by, kept: isKept }) => [by, isKept])).toEqual([["bypass", true]]);
    });

    it("may lose to a kill the bodies of reads that no commit has met, and nothing else of these reads", async () => {
      const under = await open();
      const base = { contentType: "application/json", body: Buffer.from(body, "base64"), retainMs: 60_000 };
      await under.ledger.noteState({ ...seen, digest: digestOf("a"), base });
      // Whoever asks how much there is has all of it committed.
      expect(await under.ledger.size({ service: null })).toMatchObject({ bases: 1, baseBytes: 4 });
      await under.ledger.noteState({ ...seen, path: "/8", digest: digestOf("b"), base });
      await under.restart();
      expect(await under.ledger.readBase({ ...note, digest: digestOf("a") })).toEqual({ contentType: "application/json", body });
      expect(await under.ledger.readResource({ ...note, path: "/8", view: "" })).toMatchObject({ revision: 1, digest: digestOf("b") });
      await under.ledger.noteState({ ...seen, path: "/8", digest: digestOf("b"), base });
      expect(await under.ledger.readBase({ ...note, path: "/8", digest: digestOf("b") })).toEqual({ contentType: "application/json", body });
    });

    it("does not keep what is larger than the cap, and lets the oldest go in the very commit that would go past the service's", async () => {
      const under = await open({ bytesPerBase: 10, baseBytes: 25 });
      const { ledger } = under;
      expect(await ledger.keepBase({ ...kept, digest: digestOf("a"), body: Buffer.alloc(11).toString("base64") })).toEqual({ kept: false });
      const ten = Buffer.alloc(10).toString("base64");
      for (const letter of ["b", "c", "c", "d"]) await ledger.keepBase({ ...kept, digest: digestOf(letter), body: ten });
      expect(await ledger.readBase({ ...note, digest: digestOf("b") })).toBeNull();
      expect(await ledger.readBase({ ...note, digest: digestOf("c") })).not.toBeNull();
      expect(await ledger.size({ service: "notes" })).toMatchObject({ bases: 2, baseBytes: 20 });
      // What other services keep counts for them alone, and what was kept before a restart still counts after it.
      await ledger.keepBase({ ...kept, service: "other", digest: digestOf("a"), body: ten });
      await under.restart();
      const again = under.ledger;
      await again.keepBase({ ...kept, digest: digestOf("e"), body: ten });
      expect(await Promise.all(["c", "d", "e"].map(async (letter) => (await again.readBase({ ...note, digest: digestOf(letter) })) !== null))).toEqual([false, true, true]);
      expect(await again.size({ service: null })).toMatchObject({ bases: 3, baseBytes: 30 });
    });

    it("keeps to the cap also where the bodies of reads come faster than the ledger is swept", async () => {
      const { ledger } = await open({ baseBytes: 3_000 });
      const base = { contentType: "application/json", body: Buffer.alloc(100), retainMs: 60_000 };
      await Promise.all(Array.from({ length: 3_000 }, (_, index) => ledger.noteState({ ...seen, path: `/${index}`, digest: digestOf("a"), base })));
      expect((await ledger.size({ service: "notes" })).baseBytes).toBe(3_000);
      expect(await ledger.readBase({ ...note, path: "/2999", digest: digestOf("a") })).not.toBeNull();
      expect(await ledger.readBase({ ...note, path: "/2969", digest: digestOf("a") })).toBeNull();
    });
  });

  describe("size", () => {
    it("reports what it holds, and keeps to its caps", async () => {
      const { ledger, sweep } = await open({ changes: 10, resources: 30 });
      for (let index = 0; index < 40; index += 1) await writeOnce(ledger, { path: `/${index}` });
      expect(await ledger.size({ service: null })).toMatchObject({ resources: 40, changes: 40 });
      for (let count = 0; count < 30; count += 1) sweep();
      const size = await ledger.size({ service: "notes" });
      expect(size.resources).toBeLessThanOrEqual(30);
      expect(size.changes).toBeLessThanOrEqual(10);
      expect(size.bytes).toBeGreaterThan(0);
      expect(await ledger.size({ service: "other" })).toMatchObject({ resources: 0, changes: 0 });
    });
  });
}
