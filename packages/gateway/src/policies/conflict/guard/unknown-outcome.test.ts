/** A write whose answer was lost, and which the upstream has carried out in its own way: whoever comes with what was there before it overwrites nothing. */
import { describe, expect, it } from "vitest";
import { type Answered, type Guarded, startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);

/** The upstream adds a member of its own to what is written next, and says nothing. */
function loseAnswer(guarded: Guarded): void {
  guarded.interfere = (request, _response, body) => {
    if (request.method !== "PUT") return false;
    guarded.interfere = null;
    guarded.kept.set("/7", JSON.stringify({ ...(JSON.parse(body) as object), by: "upstream" }));
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
    loseAnswer(guarded);
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
});
