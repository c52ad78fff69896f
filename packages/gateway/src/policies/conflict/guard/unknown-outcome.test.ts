/** A write whose answer was lost, and which the upstream has carried out in its own way: whoever comes with what was there before it overwrites nothing. */
import { describe, expect, it } from "vitest";
import { type Answered, type Guarded, startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);

/** The upstream keeps what is written next, with members of its own, and says nothing. */
function loseAnswer(guarded: Guarded, added: object): void {
  guarded.interfere = (request, _response, body) => {
    if (request.method !== "PUT") return false;
    guarded.interfere = null;
    guarded.kept.set("/7", JSON.stringify({ ...(JSON.parse(body) as object), ...added }));
    return Boolean(request.socket.destroy());
  };
}

describe.each(["shared", "exclusive"] as const)("with %s writers", (writers) => {
  it("a stale tag is refused from the moment that the rest is over, and after the look that did not find the write as it was sent", async () => {
    const guarded = await start({ mode: "require", writers, locks: { delay: "50ms" } });
    const { call, kept } = guarded;
    kept.set("/7", '{"n":1}');
    const before = await call("GET", "/notes/7");
    const stale = await call("GET", "/notes/7", { key: "bob-key" });
    loseAnswer(guarded, { by: "upstream" });
    expect((await call("PUT", "/notes/7", { headers: { "if-match": before.etag }, body: { n: 2 } })).status).toBe(504);
    const overwrite = (): Promise<Answered> => call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": stale.etag }, body: { n: 9 } });
    await expect.poll(async () => (await overwrite()).body["code"], { timeout: 15_000, interval: 5 }).not.toBe("resource-busy");
    expect(await overwrite()).toMatchObject({ status: 412, body: { cause: "concurrent-modification", outcome: "not-applied" } });
    const ledger = guarded.gateway.connectLedger();
    try {
      await expect.poll(async () => (await ledger.size({ service: null })).unresolvedWrites, { timeout: 15_000 }).toBe(0);
      expect([(await overwrite()).status, kept.get("/7")]).toEqual([412, '{"n":2,"by":"upstream"}']);
      // Nobody wrote past the gateway.
      expect(await ledger.listBypasses({ service: null })).toEqual([]);
    } finally {
      await ledger.close();
    }
    const current = await call("GET", "/notes/7", { key: "bob-key" });
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": current.etag }, body: { n: 3 } })).status).toBe(204);
  });

  it("whoever comes again as soon as the rest is over comes after the look: the lost write is found, and is in the history", async () => {
    const guarded = await start({ mode: "require", writers, locks: { delay: "50ms" } });
    const { call, kept } = guarded;
    kept.set("/7", '{"n":1}');
    const { etag } = await call("GET", "/notes/7");
    loseAnswer(guarded, {});
    const lost = await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { n: 2 } });
    expect(lost.status).toBe(504);
    const read = await call("GET", "/notes/7", { key: "bob-key" });
    const change = (): Promise<Answered> => call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": read.etag }, body: { n: 3 } });
    await expect.poll(async () => (await change()).status, { timeout: 15_000, interval: 5 }).toBe(204);
    const instance = new URL(String(lost.body["instance"])).pathname;
    await expect.poll(async () => (await call("GET", instance)).body["found"], { timeout: 15_000 }).toMatchObject({ outcome: "applied" });
    const ledger = guarded.gateway.connectLedger();
    try {
      expect((await ledger.listChanges({ service: "notes", path: "/notes/7", after: 0, limit: 10 })).map(({ by, method }) => [by, method])).toEqual([["bob", "PUT"], ["ann", "PUT"]]);
    } finally {
      await ledger.close();
    }
  });
});
