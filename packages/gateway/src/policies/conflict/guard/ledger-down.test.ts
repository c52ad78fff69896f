/** A route that fails open: what still holds while the ledger is down, and what it claims because of it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded({ mode: "require", ledgerDown: "pass" });
  guarded.kept.set("/7", '{"title":"one"}');
});
afterAll(() => guarded.stop());

it("claims less from the start", () => {
  expect(guarded.gateway.gateway.guarantees()).toMatchObject([{ level: "detect", reason: expect.stringContaining("ledger") }]);
});

it("compares and writes without the ledger, refuses what only the ledger could promise, and orders writes again once it is back", { timeout: 60_000 }, async () => {
  const put = (headers: Record<string, string>) => guarded.call("PUT", "/notes/7", { body: { title: "two" }, headers });
  const { etag } = await guarded.call("GET", "/notes/7");
  await guarded.gateway.stopLedger();
  expect((await put({})).status).toBe(428);
  expect([(await put({ "if-match": etag, "idempotency-key": '"k"' })).status, (await put({ "if-match": etag, "lock-token": "<urn:x>" })).status]).toEqual([503, 503]);
  const written = await put({ "if-match": etag });
  expect([written.status, guarded.kept.get("/7")]).toEqual([204, '{"title":"two"}']);
  expect(guarded.upstream.requests.at(-1)?.headers["parley-fence"]).toBeUndefined();
  const stale = await put({ "if-match": etag });
  expect([stale.status, stale.body]).toMatchObject([412, { cause: "concurrent-modification", guarantee: "detect", outcome: "not-applied" }]);
  expect((await guarded.call("POST", "/notes", { body: { title: "new" } })).status).toBe(201);
  await guarded.gateway.startLedger();
  const again = await guarded.call("GET", "/notes/7");
  await expect.poll(async () => (await put({ "if-match": again.etag })).status, { timeout: 20_000 }).toBe(204);
  expect(Number(guarded.upstream.requests.at(-1)?.headers["parley-fence"])).toBeGreaterThan(0);
});
