import { describe, expect, it } from "vitest";
import type { LedgerOpener } from "./harness.ts";

export function objectOwnerGuarantees(open: LedgerOpener): void {
  describe("owners of objects at providers", () => {
    it("are found by kind and id, in the order asked for, after a restart too", async () => {
      const under = await open();
      const acme = { provider: "openai", consumer: "acme" };
      await under.ledger.keepOwner({ kind: "file", id: "file-1", ...acme });
      await under.ledger.keepOwner({ kind: "batch", id: "file-1", provider: "second", consumer: null });
      await under.restart();
      expect(await under.ledger.findOwners({ kind: "file", ids: ["file-2", "file-1"] })).toEqual([null, acme]);
      expect(await under.ledger.findOwners({ kind: "batch", ids: ["file-1"] })).toEqual([{ provider: "second", consumer: null }]);
    });

    it("come with the key that an object was made with, and with where an upload goes on", async () => {
      const under = await open();
      const owner = { provider: "gemini", consumer: "acme", key: "second", place: "/upload/v1beta/files?upload_id=a" };
      await under.ledger.keepOwner({ kind: "gemini-upload", id: "u1", ...owner });
      await under.restart();
      expect(await under.ledger.findOwners({ kind: "gemini-upload", ids: ["u1"] })).toEqual([owner]);
    });

    it("come with what an object is to be counted by, until it is taken", async () => {
      const under = await open();
      const owner = { provider: "openai", consumer: "acme", bill: '{"model":"gpt-5"}' };
      await under.ledger.keepOwner({ kind: "response", id: "resp_1#unbilled", ...owner });
      await under.restart();
      expect(await under.ledger.findOwners({ kind: "response", ids: ["resp_1#unbilled"] })).toEqual([owner]);
      expect(await under.ledger.forgetOwner({ kind: "response", id: "resp_1#unbilled" })).toEqual({ forgotten: true });
      expect(await under.ledger.forgetOwner({ kind: "response", id: "resp_1#unbilled" })).toEqual({ forgotten: false });
    });

    it("are those of the last to make an id, until it is forgotten", async () => {
      const { ledger } = await open();
      await ledger.keepOwner({ kind: "response", id: "resp_1", provider: "openai", consumer: "acme" });
      await ledger.keepOwner({ kind: "response", id: "resp_1", provider: "second", consumer: "other" });
      expect(await ledger.findOwners({ kind: "response", ids: ["resp_1"] })).toEqual([{ provider: "second", consumer: "other" }]);
      expect(await ledger.forgetOwner({ kind: "response", id: "resp_1" })).toEqual({ forgotten: true });
      expect(await ledger.forgetOwner({ kind: "response", id: "resp_1" })).toEqual({ forgotten: false });
      expect(await ledger.findOwners({ kind: "response", ids: ["resp_1"] })).toEqual([null]);
    });

    it("are kept to a cap of each kind, the oldest going first", async () => {
      const under = await open({ objectsPerKind: 2 });
      for (const id of ["a", "b", "c"]) await under.ledger.keepOwner({ kind: "response", id, provider: "openai", consumer: "acme" });
      await under.ledger.keepOwner({ kind: "file", id: "a", provider: "openai", consumer: "acme" });
      under.sweep();
      expect((await under.ledger.findOwners({ kind: "response", ids: ["a", "b", "c"] })).map((owner) => owner !== null)).toEqual([false, true, true]);
      expect(await under.ledger.findOwners({ kind: "file", ids: ["a"] })).not.toEqual([null]);
    });
  });
}
