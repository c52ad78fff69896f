import { describe, expect, it } from "vitest";
import { finishInput, granted, lease, leaseInput, type LedgerOpener, note, restMs, sendInput, writeInput } from "./harness.ts";

export function leaseGuarantees(open: LedgerOpener): void {
  describe("leases", () => {
    it("have one holder, who is named to the others", async () => {
      const { ledger } = await open();
      const mine = lease(await ledger.acquireLease(leaseInput()));
      expect(await ledger.acquireLease(leaseInput({ holder: "globex" }))).toEqual({ kind: "locked", state: "held", lease: mine.lease });
      expect(mine.lease).toMatchObject({ ...note, holder: "acme" });
      expect(await ledger.listLeases({ service: "notes", limit: 10 })).toEqual([mine.lease]);
      expect(await ledger.listLeases({ service: "other", limit: 10 })).toEqual([]);
    });

    it("let only their token write; the holder without it is anybody", async () => {
      const { ledger } = await open();
      const { token, lease: held } = lease(await ledger.acquireLease(leaseInput()));
      expect(await ledger.prepareWrite(writeInput())).toEqual({ kind: "locked", state: "held", lease: held });
      const place = granted(await ledger.prepareWrite(writeInput({ lockToken: token })));
      expect(place.fence).toBe(held.fence);
      expect(await ledger.sendWrite(sendInput(place.write))).toEqual({ kind: "sent" });
    });

    it("are of no use to anybody else who has come by their token", async () => {
      const { ledger, advance } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      const unknown = { kind: "locked", state: "unknown-token" };
      const asked = writeInput({ lockToken: token, consumer: "globex" });
      expect(await ledger.prepareWrite(asked)).toEqual(unknown);
      expect(await ledger.checkWrite(asked)).toEqual(unknown);
      expect(await ledger.acquireLease(leaseInput({ token, holder: "globex" }))).toEqual(unknown);
      expect(await ledger.releaseLease({ ...note, token, holder: "globex" })).toEqual({ kind: "unknown-token" });
      granted(await ledger.prepareWrite(writeInput({ lockToken: token })));
      advance(10_001);
      expect(await ledger.prepareWrite(asked)).toEqual(unknown);
    });

    it("tell a token that was never given out from one that has ended", async () => {
      const { ledger, advance } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      const elsewhere = lease(await ledger.acquireLease(leaseInput({ path: "/8" })));
      for (const unknown of ["nonsense", "urn:uuid:1", elsewhere.token, token.replace(/:\d+:/, ":999:")]) {
        expect(await ledger.prepareWrite(writeInput({ lockToken: unknown }))).toEqual({ kind: "locked", state: "unknown-token" });
      }
      advance(10_001);
      expect(await ledger.prepareWrite(writeInput({ lockToken: token }))).toEqual({ kind: "locked", state: "expired" });
      lease(await ledger.acquireLease(leaseInput({ holder: "globex" })));
      expect(await ledger.prepareWrite(writeInput({ lockToken: token }))).toEqual({ kind: "locked", state: "expired" });
    });

    it("have a fence that grows with every grant", async () => {
      const { ledger } = await open();
      const first = lease(await ledger.acquireLease(leaseInput()));
      await ledger.releaseLease({ ...note, token: first.token, holder: "acme" });
      const second = lease(await ledger.acquireLease(leaseInput()));
      expect(second.lease.fence).toBeGreaterThan(first.lease.fence);
    });

    it("are renewed by their token, and by no other", async () => {
      const { ledger, advance } = await open();
      const { token, lease: first } = lease(await ledger.acquireLease(leaseInput()));
      advance(5_000);
      const renewed = lease(await ledger.acquireLease(leaseInput({ token })));
      expect(renewed.lease).toEqual({ ...first, expiresAt: first.expiresAt + 5_000 });
      expect(await ledger.acquireLease(leaseInput({ token: "nonsense" }))).toEqual({ kind: "locked", state: "unknown-token" });
      advance(10_001);
      expect(await ledger.acquireLease(leaseInput({ token }))).toEqual({ kind: "locked", state: "expired" });
    });

    it("leave the resource free at once when they are released", async () => {
      const { ledger } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      expect(await ledger.releaseLease({ ...note, token: "nonsense", holder: "acme" })).toEqual({ kind: "unknown-token" });
      expect(await ledger.releaseLease({ ...note, token, holder: "acme" })).toEqual({ kind: "released" });
      expect(await ledger.releaseLease({ ...note, token, holder: "acme" })).toEqual({ kind: "expired" });
      expect((await ledger.prepareWrite(writeInput())).kind).toBe("granted");
    });

    it("leave the resource at rest when they run out or are broken", async () => {
      const { ledger, advance } = await open();
      lease(await ledger.acquireLease(leaseInput()));
      advance(10_001);
      expect(await ledger.prepareWrite(writeInput())).toMatchObject({ kind: "busy", reason: "lock-delay" });
      advance(restMs);
      expect((await ledger.prepareWrite(writeInput())).kind).toBe("granted");

      const other = { ...note, path: "/8" };
      const { lease: held } = lease(await ledger.acquireLease(leaseInput(other)));
      expect(await ledger.breakLease(other)).toEqual({ broken: held });
      expect(await ledger.breakLease(other)).toEqual({ broken: null });
      expect(await ledger.prepareWrite(writeInput(other))).toMatchObject({ kind: "busy", reason: "lock-delay" });
      expect(await ledger.listLeases({ service: null, limit: 10 })).toEqual([]);
    });

    it("are found by their id, and broken only where they are still the ones that were seen", async () => {
      const { ledger } = await open();
      const { lease: held } = lease(await ledger.acquireLease(leaseInput()));
      expect(held.id).toMatch(/^[0-9a-f]{32}$/);
      expect(await ledger.getLease({ id: held.id })).toEqual(held);
      expect(await ledger.getLease({ id: "0".repeat(32) })).toBeNull();
      expect(await ledger.breakLease({ ...note, fence: held.fence - 1 })).toEqual({ broken: null });
      expect(await ledger.getLease({ id: held.id })).toEqual(held);
      expect(await ledger.breakLease({ ...note, fence: held.fence })).toEqual({ broken: held });
      expect(await ledger.getLease({ id: held.id })).toBeNull();
    });

    it("that were broken let no write of their holder's be sent or finished any more", async () => {
      const { ledger } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      const place = granted(await ledger.prepareWrite(writeInput({ lockToken: token })));
      await ledger.breakLease(note);
      expect(await ledger.sendWrite(sendInput(place.write))).toEqual({ kind: "superseded" });

      const elsewhere = { ...note, path: "/8" };
      const second = lease(await ledger.acquireLease(leaseInput(elsewhere)));
      const sent = granted(await ledger.prepareWrite(writeInput({ ...elsewhere, lockToken: second.token })));
      await ledger.sendWrite(sendInput(sent.write));
      await ledger.breakLease(elsewhere);
      expect(await ledger.finishWrite(finishInput(sent.write))).toEqual({ kind: "superseded" });
    });

    it("outlast a write that is sent under them", async () => {
      const { ledger, advance } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      advance(9_000);
      const place = granted(await ledger.prepareWrite(writeInput({ lockToken: token, holdMs: 20_000 })));
      await ledger.sendWrite(sendInput(place.write));
      advance(15_000);
      expect((await ledger.finishWrite(finishInput(place.write))).kind).toBe("done");
    });

    it("end when they were to end, once a write that was sent under them is over", async () => {
      const { ledger, advance } = await open();
      const { token, lease: held } = lease(await ledger.acquireLease(leaseInput()));
      const place = granted(await ledger.prepareWrite(writeInput({ lockToken: token, holdMs: 60_000 })));
      await ledger.sendWrite(sendInput(place.write));
      // Nobody is told to wait for longer than its holder has it.
      expect(await ledger.prepareWrite(writeInput())).toEqual({ kind: "locked", state: "held", lease: held });
      const renewed = lease(await ledger.acquireLease(leaseInput({ token, ttlMs: 20_000 })));
      expect(renewed.lease.expiresAt).toBe(held.expiresAt + 10_000);
      await ledger.finishWrite(finishInput(place.write));
      expect(await ledger.listLeases({ service: "notes", limit: 10 })).toEqual([renewed.lease]);
      advance(20_001);
      expect(await ledger.prepareWrite(writeInput({ lockToken: token }))).toEqual({ kind: "locked", state: "expired" });
    });

    it("that are over before a write under them end with it, and rest then", async () => {
      const { ledger, advance } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      const place = granted(await ledger.prepareWrite(writeInput({ lockToken: token, holdMs: 60_000 })));
      await ledger.sendWrite(sendInput(place.write));
      advance(15_000);
      expect(await ledger.prepareWrite(writeInput())).toMatchObject({ kind: "locked", state: "held" });
      await ledger.finishWrite(finishInput(place.write));
      expect(await ledger.prepareWrite(writeInput())).toEqual({ kind: "busy", reason: "lock-delay", retryAfterMs: restMs });
    });

    it("wait for the writes that came before", async () => {
      const { ledger, advance } = await open();
      const place = granted(await ledger.prepareWrite(writeInput()));
      const waiting = ledger.acquireLease(leaseInput());
      await ledger.readResource({ ...note, view: "" });
      await ledger.sendWrite(sendInput(place.write));
      await ledger.finishWrite(finishInput(place.write));
      expect((await waiting).kind).toBe("granted");

      await ledger.prepareWrite(writeInput({ path: "/8" }));
      const inVain = ledger.acquireLease(leaseInput({ path: "/8" }));
      await ledger.readResource({ ...note, view: "" });
      advance(1_001);
      expect(await inVain).toMatchObject({ kind: "busy", reason: "queue" });
    });

    it("are bounded", async () => {
      const { ledger } = await open({ leases: 2 });
      for (const path of ["/1", "/2"]) lease(await ledger.acquireLease(leaseInput({ path })));
      expect(await ledger.acquireLease(leaseInput({ path: "/3" }))).toMatchObject({ kind: "busy" });
    });

    it("survive a restart, token and fence and rest", async () => {
      const under = await open();
      const { token, lease: held } = lease(await under.ledger.acquireLease(leaseInput()));
      await under.restart();
      expect(await under.ledger.prepareWrite(writeInput())).toEqual({ kind: "locked", state: "held", lease: held });
      expect((await under.ledger.prepareWrite(writeInput({ lockToken: token }))).kind).toBe("granted");
      await under.restart();
      under.advance(10_001);
      expect(await under.ledger.prepareWrite(writeInput())).toMatchObject({ kind: "busy", reason: "lock-delay" });
    });

    it("tell a write on its way that its lease was broken, and one that is over that it is", async () => {
      const { ledger } = await open();
      const { token } = lease(await ledger.acquireLease(leaseInput()));
      const place = granted(await ledger.prepareWrite(writeInput({ lockToken: token })));
      await ledger.sendWrite(sendInput(place.write));
      const loss = ledger.awaitLoss({ write: place.write, waitMs: 30_000 });
      await ledger.breakLease(note);
      expect(await loss).toEqual({ kind: "lost" });
      expect(await ledger.awaitLoss({ write: place.write, waitMs: 30_000 })).toEqual({ kind: "lost" });
      expect(await ledger.finishWrite(finishInput(place.write))).toEqual({ kind: "superseded" });
      expect(await ledger.awaitLoss({ write: place.write, waitMs: 30_000 })).toEqual({ kind: "over" });
    });
  });
}
