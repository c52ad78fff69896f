/** Who is named for a change: whoever made it, and nobody who did not. */
import { expect, it } from "vitest";
import { type Answered, type Guarded, startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(async (...parameters: Parameters<typeof startGuarded>) => {
  const guarded = await startGuarded(...parameters);
  guarded.kept.set("/7", '{"title":"one"}');
  return guarded;
});

/** Ann has read it, Bob changes it, then `then` happens, and Ann writes what she had read. */
async function annIsLate({ call }: Guarded, method: "PUT" | "DELETE", then: () => unknown): Promise<Answered> {
  const { etag } = await call("GET", "/notes/7");
  const bobs = await call("GET", "/notes/7", { key: "bob-key" });
  await call(method, "/notes/7", { key: "bob-key", headers: { "if-match": bobs.etag }, ...(method === "PUT" ? { body: { title: "bob's" } } : {}) });
  await then();
  return call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { title: "ann's" } });
}

it.each(["none", "strong"] as const)("who deleted it is named, and when (the upstream's tags: %s)", async (etag) => {
  const refused = await annIsLate(await start({ mode: "require" }, { etag }), "DELETE", () => {});
  expect([refused.status, refused.body]).toMatchObject([412, { subcause: "deleted", detail: expect.stringMatching(/^It was deleted by bob at \d{4}-/) as string }]);
});

it("who wrote it last is not said to have deleted what somebody deleted past the gateway", async () => {
  const all = await start({ mode: "require" });
  const refused = await annIsLate(all, "PUT", () => all.kept.delete("/7"));
  expect([refused.status, refused.body]).toMatchObject([412, { subcause: "deleted", detail: "It does not exist." }]);
  const ledger = all.gateway.connectLedger();
  const { items } = await ledger.findConflicts({ service: "notes", state: null, cause: null, after: null, limit: 10 });
  await ledger.close();
  expect(items).toMatchObject([{ consumers: ["ann"] }]);
});

it("a change past the gateway that came between the look and the write, and that the upstream noticed, is nobody's of the gateway's", async () => {
  const all = await start({ mode: "require" }, { etag: "strong" });
  const { etag } = await all.call("GET", "/notes/7");
  expect((await all.call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { title: "two" } })).status).toBe(204);
  const bobs = await all.call("GET", "/notes/7", { key: "bob-key" });
  const mine = await all.call("GET", "/notes/7");
  all.interfere = (request) => {
    if (request.method === "PUT") all.kept.set("/7", '{"title":"bypass"}');
    return false;
  };
  const refused = await all.call("PUT", "/notes/7", { headers: { "if-match": mine.etag, accept: "application/problem+json" }, body: { title: "three" } });
  expect([refused.status, refused.body]).toMatchObject([412, { origin: "upstream", cause: "concurrent-modification", subcause: "by-bypass", current: { changedBy: "bypass" }, guarantee: "detect" }]);
  expect(bobs.etag).toBe(mine.etag);
  expect(all.gateway.gateway.guarantees()).toMatchObject([{ level: "detect" }]);
});
