/** LOCK with preconditions (RFC 9110 §13.2: they hold for whatever method): a lease on what its taker has seen, or none. */
import { describe, expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
const path = "/notes/7";

describe("LOCK with a precondition", () => {
  it("is refused with the current tag where it is false, and leaves nobody with the lease and nothing at rest", async () => {
    const { call, kept } = await start({ mode: "enforce" });
    kept.set("/7", '{"n":1}');
    const { etag } = await call("GET", path);
    kept.set("/7", '{"n":2}');
    const refused = await call("LOCK", path, { headers: { "if-match": etag } });
    expect([refused.status, refused.body, refused.headers.get("lock-token")]).toMatchObject([412, { cause: "concurrent-modification", outcome: "not-applied" }, null]);
    expect((await call("PUT", path, { headers: { "if-match": refused.etag }, body: { n: 3 } })).status).toBe(204);
    expect((await call("LOCK", path, { key: "bob-key" })).status).toBe(200);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ["is granted on what is there under its tag", '{"n":1}', { "if-match": "current" }, 200],
    ["is granted on what is there", '{"n":1}', { "if-match": "*" }, 200],
    ["is refused on what is there and should not be", '{"n":1}', { "if-none-match": "*" }, 412],
    ["is refused on what is not there and should be", "", { "if-match": "*" }, 412],
    ["is granted on what is not there and should not be", "", { "if-none-match": "*" }, 200],
    ["cannot be read", '{"n":1}', { "if-match": "unquoted" }, 400],
  ])("%s (%j, %j)", async (_, document, headers, status) => {
    const { call, kept } = await start({ mode: "require" });
    if (document !== "") kept.set("/7", document);
    const { etag } = await call("GET", path);
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === "current" ? etag : value]));
    expect((await call("LOCK", path, { headers: sent })).status).toBe(status);
    expect((await call("LOCK", path, { key: "bob-key" })).status).toBe(status === 200 ? 423 : 200);
  });

  it("that is false renews nothing and ends nothing", async () => {
    const { call, kept } = await start({ mode: "enforce" });
    kept.set("/7", '{"n":1}');
    const lock = await call("LOCK", path, { headers: { timeout: "Second-30" } });
    const token = `<${String(lock.body["token"])}>`;
    expect((await call("LOCK", path, { headers: { "lock-token": token, timeout: "Second-200", "if-match": '"1-AAAAAAAAAAAAAAAAAAAAAA"' } })).status).toBe(412);
    const held = await call("PUT", path, { key: "bob-key", body: { n: 2 } });
    expect([held.status, held.body["expiresAt"]]).toEqual([423, lock.body["expiresAt"]]);
    expect((await call("PUT", path, { headers: { "lock-token": token }, body: { n: 3 } })).status).toBe(204);
  });

  it("asks the upstream nothing where there is none", async () => {
    const { call, upstream } = await start({ mode: "require" });
    expect([(await call("LOCK", path)).status, upstream.requests]).toEqual([200, []]);
  });
});
