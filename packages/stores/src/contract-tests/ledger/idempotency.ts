import { describe, expect, it } from "vitest";
import { finishInput, granted, idempotency, leaseInput, type LedgerOpener, response, sendInput, writeInput } from "./harness.ts";

const keyed = (change: Parameters<typeof idempotency>[0] = {}) => writeInput({ method: "POST", idempotency: idempotency(change) });

export function idempotencyGuarantees(open: LedgerOpener): void {
  describe("idempotency keys", () => {
    it("give the first answer again", async () => {
      const { ledger } = await open();
      const place = granted(await ledger.prepareWrite(keyed()));
      await ledger.sendWrite(sendInput(place.write));
      await ledger.finishWrite(finishInput(place.write, { response }));
      expect(await ledger.prepareWrite(keyed())).toEqual({ kind: "idempotency", state: "done", response });
    });

    it("say that the first is under way, before and after it was sent", async () => {
      const { ledger } = await open();
      const place = granted(await ledger.prepareWrite(keyed()));
      expect(await ledger.prepareWrite(keyed())).toEqual({ kind: "idempotency", state: "in-flight" });
      await ledger.sendWrite(sendInput(place.write));
      expect(await ledger.prepareWrite(keyed())).toEqual({ kind: "idempotency", state: "in-flight" });
    });

    it("refuse another request under the same key, whatever became of the first", async () => {
      const { ledger } = await open();
      const other = { kind: "idempotency", state: "payload-mismatch" };
      const place = granted(await ledger.prepareWrite(keyed()));
      expect(await ledger.prepareWrite(keyed({ fingerprint: "f2" }))).toEqual(other);
      await ledger.sendWrite(sendInput(place.write));
      expect(await ledger.prepareWrite(keyed({ fingerprint: "f2" }))).toEqual(other);
      await ledger.finishWrite(finishInput(place.write, { response }));
      expect(await ledger.prepareWrite(keyed({ fingerprint: "f2" }))).toEqual(other);
    });

    it("count for one consumer, one route and one service", async () => {
      const { ledger } = await open();
      await ledger.prepareWrite(keyed());
      for (const [index, change] of [{ consumer: "globex" }, { route: "POST /orders" }, { key: "k2" }].entries()) {
        expect((await ledger.prepareWrite({ ...keyed(change), path: `/${index}`, lockPath: `/${index}` })).kind).toBe("granted");
      }
      expect((await ledger.prepareWrite({ ...keyed(), service: "orders" })).kind).toBe("granted");
    });

    it("are free again when the request was refused before it was sent, or when its answer is not to be kept", async () => {
      const { ledger } = await open();
      const unsent = granted(await ledger.prepareWrite(keyed()));
      await ledger.finishWrite(finishInput(unsent.write, { outcome: "not-applied" }));
      const refused = granted(await ledger.prepareWrite(keyed()));
      await ledger.sendWrite(sendInput(refused.write));
      await ledger.finishWrite(finishInput(refused.write, { outcome: "not-applied" }));
      expect((await ledger.prepareWrite(keyed())).kind).toBe("granted");
    });

    it("are free again when a lease stands in the way", async () => {
      const { ledger } = await open();
      const lease = await ledger.acquireLease(leaseInput());
      expect((await ledger.prepareWrite(keyed())).kind).toBe("locked");
      if (lease.kind === "granted") await ledger.releaseLease({ service: lease.lease.service, path: lease.lease.path, token: lease.token, holder: lease.lease.holder });
      expect((await ledger.prepareWrite(keyed())).kind).toBe("granted");
    });

    it("come first: a stored answer is given even where somebody holds a lease now", async () => {
      const { ledger } = await open();
      const place = granted(await ledger.prepareWrite(keyed()));
      await ledger.sendWrite(sendInput(place.write));
      await ledger.finishWrite(finishInput(place.write, { response }));
      await ledger.acquireLease(leaseInput());
      expect(await ledger.prepareWrite(keyed())).toMatchObject({ state: "done" });
    });

    it("say that nobody knows, when the caller is lost after sending", async () => {
      const { ledger, connect } = await open();
      const other = await connect();
      const place = granted(await other.prepareWrite(keyed()));
      await other.sendWrite(sendInput(place.write));
      const waiting = ledger.prepareWrite(writeInput());
      await other.close();
      await waiting;
      expect(await ledger.prepareWrite(keyed())).toEqual({ kind: "idempotency", state: "outcome-unknown" });
      await ledger.resolveWrite({ write: place.write, outcome: "not-applied", etag: null, digest: null });
      expect((await ledger.prepareWrite(keyed())).kind).toBe("granted");
    });

    it("are forgotten when their time is over, and kept to a cap", async () => {
      const { ledger, advance, sweep } = await open({ idempotencyRecords: 5 });
      for (let index = 0; index < 8; index += 1) {
        const place = granted(await ledger.prepareWrite({ ...keyed({ key: `k${index}` }), path: `/${index}`, lockPath: `/${index}` }));
        await ledger.sendWrite(sendInput(place.write));
        await ledger.finishWrite(finishInput(place.write, { response }));
      }
      sweep();
      expect(await ledger.size({ service: "notes" })).toMatchObject({ idempotencyRecords: 5 });
      advance(60_001);
      expect((await ledger.prepareWrite(keyed({ key: "k7" }))).kind).toBe("granted");
      sweep();
      expect(await ledger.size({ service: "notes" })).toMatchObject({ idempotencyRecords: 0 });
    });

    it("survive a restart: what was done is given again, what was sent is unknown, what was not sent is free", async () => {
      const under = await open();
      const start = async (key: string, path: string): Promise<string> => granted(await under.ledger.prepareWrite({ ...keyed({ key }), path, lockPath: path })).write;
      const [done, sent] = [await start("done", "/1"), await start("sent", "/2")];
      await start("unsent", "/3");
      await under.ledger.sendWrite(sendInput(done));
      await under.ledger.finishWrite(finishInput(done, { response }));
      await under.ledger.sendWrite(sendInput(sent));
      await under.restart();
      expect(await under.ledger.prepareWrite(keyed({ key: "done" }))).toMatchObject({ state: "done", response });
      expect(await under.ledger.prepareWrite(keyed({ key: "sent" }))).toMatchObject({ state: "outcome-unknown" });
      expect((await under.ledger.prepareWrite(keyed({ key: "unsent" }))).kind).toBe("granted");
    });
  });
}
