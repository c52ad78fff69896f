import { describe, expect, it } from "vitest";
import { digestOf, finishInput, granted, idempotency, later, leaseInput, type LedgerOpener, note, restAndLookMs, restMs, sendInput, writeInput, writeOnce } from "./harness.ts";

export function writeGuarantees(open: LedgerOpener): void {
  describe("guarded writes", () => {
    it("let one writer at a time to a resource, in the order in which they came", async () => {
      const { ledger } = await open();
      const order: number[] = [];
      const first = granted(await ledger.prepareWrite(writeInput()));
      const others = [1, 2, 3].map(async (number) => {
        const place = granted(await ledger.prepareWrite(writeInput({ callId: `call-${number}` })));
        order.push(number);
        await ledger.sendWrite(sendInput(place.write));
        await ledger.finishWrite(finishInput(place.write));
      });
      await ledger.readResource({ ...note, view: "" });
      expect(order).toEqual([]);
      await ledger.sendWrite(sendInput(first.write));
      await ledger.finishWrite(finishInput(first.write));
      await Promise.all(others);
      expect(order).toEqual([1, 2, 3]);
    });

    it("can be asked for what keys and leases have against them, without waiting and without taking anything", async () => {
      const { ledger } = await open();
      const input = writeInput({ method: "POST", idempotency: idempotency() });
      const revision = await writeOnce(ledger);
      expect(await ledger.checkWrite(input)).toMatchObject({ kind: "clear", state: { revision } });
      expect((await ledger.checkWrite({ ...input, path: "/none", lockPath: "/none" }))).toEqual({ kind: "clear", state: null });
      const place = granted(await ledger.prepareWrite(input));
      expect(await ledger.checkWrite(input)).toEqual({ kind: "idempotency", state: "in-flight" });
      expect(await ledger.checkWrite({ ...input, idempotency: null })).toMatchObject({ kind: "clear" });
      await ledger.finishWrite(finishInput(place.write, { outcome: "not-applied" }));
      await ledger.acquireLease(leaseInput());
      expect(await ledger.checkWrite(input)).toMatchObject({ kind: "locked", state: "held" });
      expect(await ledger.checkWrite({ ...input, lockToken: "nonsense" })).toEqual({ kind: "locked", state: "unknown-token" });
    });

    it("are sent with their place where the state is still the one that was named, at once or after waiting, and are as durable as any other", async () => {
      const under = await open();
      const { ledger } = under;
      const [one, two] = [digestOf("a"), digestOf("b")];
      const sendIf = (digest: string) => ({ sendIf: { digest, restMs, intended: null, refetch: [":query", ""] } });
      await ledger.noteState({ ...note, view: "", etag: null, digest: one, startedAt: later });
      const first = granted(await ledger.prepareWrite(writeInput(sendIf(one))));
      expect(first).toMatchObject({ sent: true, state: { digest: one } });
      expect(await ledger.sendWrite(sendInput(first.write))).toEqual({ kind: "superseded" });
      const [stale, fresh] = [ledger.prepareWrite(writeInput(sendIf(one))), ledger.prepareWrite(writeInput(sendIf(two)))];
      await ledger.readResource({ ...note, view: "" });
      expect(await ledger.finishWrite(finishInput(first.write, { digest: two }))).toMatchObject({ kind: "done", revision: 2 });
      const unsent = granted(await stale);
      expect([unsent.sent, unsent.state?.digest]).toEqual([undefined, two]);
      await ledger.finishWrite(finishInput(unsent.write, { outcome: "not-applied" }));
      const lost = granted(await fresh);
      expect(lost.sent).toBe(true);
      await under.restart();
      under.advance(restMs);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toMatchObject([{ write: lost.write, base: { etag: null, digest: two }, fence: lost.fence, refetch: [":query", ""] }]);
    });

    it("are sent with their place where nothing is asked of the state, and where the last change left the resource there", async () => {
      const under = await open();
      const { ledger } = under;
      const sendIf = (state: "any" | "exists") => writeInput({ sendIf: { state, restMs, intended: null, refetch: [] } });
      const took = async (state: "any" | "exists", finish: Parameters<typeof finishInput>[1]): Promise<boolean> => {
        const place = granted(await ledger.prepareWrite(sendIf(state)));
        if (place.sent !== true) await ledger.sendWrite(sendInput(place.write));
        await ledger.finishWrite(finishInput(place.write, finish));
        return place.sent === true;
      };
      expect(await took("exists", {})).toBe(false);
      expect(await took("any", { exists: true })).toBe(true);
      expect(await took("exists", { outcome: "not-applied" })).toBe(true);
      expect(await took("exists", { exists: true })).toBe(true);
      expect(await took("exists", {})).toBe(true);
      expect(await took("exists", { exists: true })).toBe(false);
      await ledger.noteState({ ...note, view: "", etag: null, digest: digestOf("a"), startedAt: later });
      await ledger.noteState({ ...note, view: "", etag: null, digest: digestOf("b"), startedAt: later });
      expect(await took("exists", { exists: true })).toBe(false);
      const lost = granted(await ledger.prepareWrite(sendIf("exists")));
      expect(lost.sent).toBe(true);
      await under.restart();
      under.advance(restMs);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toMatchObject([{ write: lost.write, fence: lost.fence }]);
      expect(granted(await under.ledger.prepareWrite({ ...sendIf("exists"), path: "/other", lockPath: "/other" })).sent).toBeUndefined();
    });

    it("are sent with their place where nothing was written since a read was noted, and never where something was or may have been", async () => {
      const under = await open();
      const { ledger } = under;
      const noted = () => under.ledger.noteState({ ...note, view: "", etag: null, digest: digestOf("a"), startedAt: later });
      const seen = { etag: null, digest: digestOf("c") };
      const asked = ({ fence, revision }: { fence: number; revision: number }) => writeInput({ sendIf: { unchanged: { fence, revision }, restMs, base: seen, intended: null, refetch: [] } });
      const first = await noted();
      const other = granted(await ledger.prepareWrite({ ...asked(first), lockPath: "/" }));
      expect(other.sent).toBeUndefined();
      const one = granted(await ledger.prepareWrite(asked(first)));
      expect(one.sent).toBe(true);
      // Noted while that one is under way, and asked for behind it.
      const during = await noted();
      const behind = ledger.prepareWrite(asked(during));
      await ledger.finishWrite(finishInput(one.write, { outcome: "not-applied" }));
      const waited = granted(await behind);
      expect([waited.sent, waited.fence]).toEqual([undefined, one.fence + 1]);
      await ledger.finishWrite(finishInput(waited.write, { outcome: "not-applied" }));
      // Sent since, though without effect.
      const again = granted(await ledger.prepareWrite(asked(first)));
      expect(again.sent).toBeUndefined();
      await ledger.finishWrite(finishInput(again.write, { outcome: "not-applied" }));
      const written = granted(await ledger.prepareWrite(asked(await noted())));
      expect(written.sent).toBe(true);
      await ledger.finishWrite(finishInput(written.write, { digest: digestOf("a") }));
      const stale = granted(await ledger.prepareWrite(asked({ fence: written.fence, revision: during.revision })));
      expect(stale.sent).toBeUndefined();
      await ledger.finishWrite(finishInput(stale.write, { outcome: "not-applied" }));
      // A create that has a lane of its own is with the upstream.
      const create = granted(await ledger.prepareWrite(writeInput({ method: "POST", lockPath: "/7#1" })));
      const beside = await noted();
      await ledger.sendWrite(sendInput(create.write));
      const besideIt = granted(await ledger.prepareWrite(asked(beside)));
      expect(besideIt.sent).toBeUndefined();
      for (const { write } of [create, besideIt, other]) await ledger.finishWrite(finishInput(write, { outcome: "not-applied" }));
      const lost = granted(await ledger.prepareWrite(asked(await noted())));
      expect(lost.sent).toBe(true);
      await under.restart();
      under.advance(restMs);
      expect(await under.ledger.claimUnresolved({ limit: 10 })).toMatchObject([{ write: lost.write, base: seen, fence: lost.fence }]);
    });

    it("hold up nobody at other resources", async () => {
      const { ledger } = await open();
      await ledger.prepareWrite(writeInput());
      expect((await ledger.prepareWrite(writeInput({ path: "/8" }))).kind).toBe("granted");
    });

    it("share a lock where the scope is wider than the resource", async () => {
      const { ledger, advance } = await open();
      await ledger.prepareWrite(writeInput({ path: "/a/1", lockPath: "/a" }));
      const second = ledger.prepareWrite(writeInput({ path: "/a/2", lockPath: "/a" }));
      await ledger.readResource({ ...note, view: "" });
      advance(1_001);
      expect(await second).toMatchObject({ kind: "busy", reason: "queue" });
    });

    it("refuse whoever finds too many waiting, and whoever has waited too long", async () => {
      const { ledger, advance } = await open();
      const holder = granted(await ledger.prepareWrite(writeInput()));
      const waiting = ledger.prepareWrite(writeInput({ maxWaiting: 1 }));
      expect(await ledger.prepareWrite(writeInput({ maxWaiting: 1 }))).toMatchObject({ kind: "busy", reason: "queue" });
      advance(1_001);
      expect(await waiting).toMatchObject({ kind: "busy", reason: "queue", retryAfterMs: 1_000 });
      await ledger.finishWrite(finishInput(holder.write, { outcome: "not-applied" }));
      expect((await ledger.prepareWrite(writeInput())).kind).toBe("granted");
    });

    it("grow the fence with every write that is sent", async () => {
      const { ledger } = await open();
      const fences: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        const place = granted(await ledger.prepareWrite(writeInput()));
        fences.push(place.fence);
        await ledger.sendWrite(sendInput(place.write));
        await ledger.finishWrite(finishInput(place.write));
      }
      expect(fences).toEqual([fences[0], (fences[0] ?? 0) + 1, (fences[0] ?? 0) + 2]);
    });

    it("change nothing when given up before they were sent, or when the upstream refused them", async () => {
      const { ledger } = await open();
      const revision = await writeOnce(ledger);
      const unsent = granted(await ledger.prepareWrite(writeInput()));
      expect(await ledger.finishWrite(finishInput(unsent.write, { outcome: "not-applied" }))).toEqual({ kind: "done", revision: null });
      const refused = granted(await ledger.prepareWrite(writeInput()));
      await ledger.sendWrite(sendInput(refused.write));
      expect(await ledger.finishWrite(finishInput(refused.write, { outcome: "not-applied" }))).toEqual({ kind: "done", revision: null });
      expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision });
      expect(await ledger.size({ service: null })).toMatchObject({ unresolvedWrites: 0 });
    });

    it("give the place up when their caller's connection ends, if nothing was sent", async () => {
      const { ledger, connect } = await open();
      const other = await connect();
      await other.prepareWrite(writeInput());
      const next = ledger.prepareWrite(writeInput());
      await other.close();
      expect((await next).kind).toBe("granted");
    });

    it("rest the resource when their caller's connection ends after they were sent", async () => {
      const { ledger, connect, advance } = await open();
      const other = await connect();
      const place = granted(await other.prepareWrite(writeInput()));
      await other.sendWrite(sendInput(place.write));
      const next = ledger.prepareWrite(writeInput());
      await other.close();
      expect(await next).toMatchObject({ kind: "busy", reason: "lock-delay", retryAfterMs: expect.closeTo(restMs, -2) as number });
      advance(restAndLookMs);
      expect((await ledger.prepareWrite(writeInput())).kind).toBe("granted");
    });

    it("rest the resource when nobody can say how they ended", async () => {
      const { ledger } = await open();
      const place = granted(await ledger.prepareWrite(writeInput()));
      await ledger.sendWrite(sendInput(place.write));
      await ledger.finishWrite(finishInput(place.write, { outcome: "unknown" }));
      expect(await ledger.prepareWrite(writeInput())).toMatchObject({ kind: "busy", reason: "lock-delay" });
    });

    it("lose their place when they hold it for too long, and cannot be sent or finished as if nothing had been", async () => {
      const { ledger, advance } = await open();
      const unsent = granted(await ledger.prepareWrite(writeInput({ path: "/a" })));
      const sent = granted(await ledger.prepareWrite(writeInput({ path: "/b" })));
      await ledger.sendWrite(sendInput(sent.write));
      advance(30_001);
      expect((await ledger.prepareWrite(writeInput({ path: "/a" }))).kind).toBe("granted");
      expect(await ledger.sendWrite(sendInput(unsent.write))).toEqual({ kind: "superseded" });
      advance(restAndLookMs);
      await writeOnce(ledger, { path: "/b" });
      expect(await ledger.finishWrite(finishInput(sent.write))).toEqual({ kind: "superseded" });
    });

    it("may be finished late, as long as nobody wrote since", async () => {
      const { ledger, connect } = await open();
      const other = await connect();
      const place = granted(await other.prepareWrite(writeInput()));
      await other.sendWrite(sendInput(place.write));
      await other.close();
      expect((await ledger.finishWrite(finishInput(place.write))).kind).toBe("done");
      expect((await ledger.prepareWrite(writeInput())).kind).toBe("granted");
    });

    it("are sent once", async () => {
      const { ledger } = await open();
      const place = granted(await ledger.prepareWrite(writeInput()));
      expect(await ledger.sendWrite(sendInput(place.write))).toEqual({ kind: "sent" });
      expect(await ledger.sendWrite(sendInput(place.write))).toEqual({ kind: "superseded" });
      expect(await ledger.sendWrite(sendInput("f".repeat(32)))).toEqual({ kind: "superseded" });
    });

    it("are looked at again when their turn comes: a lease may have begun while they waited", async () => {
      const { ledger } = await open();
      const first = granted(await ledger.prepareWrite(writeInput()));
      const lease = ledger.acquireLease(leaseInput());
      const second = ledger.prepareWrite(writeInput());
      await ledger.finishWrite(finishInput(first.write, { outcome: "not-applied" }));
      expect((await lease).kind).toBe("granted");
      expect(await second).toMatchObject({ kind: "locked", state: "held" });
    });
  });
}
