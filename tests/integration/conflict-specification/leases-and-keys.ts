/** §4 and §7 of the conflict specification where they meet: leases, preconditions and idempotency keys on one resource. */
import { describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import type { Answered } from "./scene.ts";
import { essence, type Stage } from "./stage.ts";

export function leasesAndKeys(stage: Stage): void {
  describe("§4 and §7 at once: a lease, a tag and a key", () => {
    test("all three hold together, the stored answer comes first of all, and the key stays its consumer's", async () => {
      const path = stage.fresh("notes", "plain/notes");
      const lease = await stage.scene.call("LOCK", path, { headers: { timeout: "Second-30" } });
      const [tag, token] = [await stage.scene.tag(path), lease.headers.get("lock-token") as string];
      const all = { "lock-token": token, "if-match": tag, "idempotency-key": `"key-${stage.count}"` };
      const put = (headers: Record<string, string>, who: "ann" | "bob" = "ann", body: unknown = { title: "two" }): Promise<Answered> => stage.scene.call("PUT", path, { who, headers, body });
      expect(essence(await put({ ...all, "if-match": '"other"' }))).toEqual([412, "version-mismatch", "never-issued"]);
      expect((await put(all)).status).toBe(200);
      expect(stage.scene.upstream.arrived.at(-1)?.headers).toMatchObject({ "parley-fence": String(lease.json["fence"]) });
      for (const headers of [all, { "if-match": tag, "idempotency-key": all["idempotency-key"] }, { "idempotency-key": all["idempotency-key"] }]) {
        const again = await put(headers);
        expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
      }
      expect(essence(await put(all, "ann", { title: "three" }))).toEqual([422, "idempotency", "payload-mismatch"]);
      const other = await put({ "if-match": tag, "idempotency-key": all["idempotency-key"] }, "bob");
      expect([...essence(other), Number(other.headers.get("retry-after")) <= 30, other.json["holder"], Date.parse(String(other.json["expiresAt"])) > Date.now()]).toEqual([423, "locked", "held", true, "ann", true]);
      expect(essence(await put({ "lock-token": token }))).toEqual([428, "precondition-required", "missing"]);
      expect((await stage.scene.call("UNLOCK", path, { headers: { "lock-token": token } })).status).toBe(204);
      expect(essence(await put({ "lock-token": token, "if-match": "*" }))).toEqual([412, "locked", "expired"]);
    });

    test("a lease whose time is over while a write under it is on its way ends with that write, and not long after", async () => {
      const path = stage.fresh("lax", "plain/lax");
      const lease = await stage.scene.call("LOCK", path, { headers: { timeout: "Second-1" } });
      const ended = Date.parse(String(lease.json["expiresAt"]));
      const write = stage.scene.call("PUT", path, { headers: { "lock-token": lease.headers.get("lock-token") as string, "x-do": "late 1500" }, body: { title: "late" } });
      await eventually(() => Date.now() > ended);
      const other = await stage.scene.call("LOCK", path, { who: "bob" });
      expect([...essence(other), other.headers.get("retry-after")]).toEqual([423, "locked", "held", "1"]);
      expect((await write).status).toBe(200);
      const rests = await stage.scene.call("PUT", path, { who: "bob", body: { title: "bob's" } });
      expect([...essence(rests), rests.headers.get("retry-after")]).toEqual([409, "busy", "lock-delay", "1"]);
      await eventually(async () => (await stage.scene.call("PUT", path, { who: "bob", body: { title: "bob's" } })).status === 200);
    });
  });
}
