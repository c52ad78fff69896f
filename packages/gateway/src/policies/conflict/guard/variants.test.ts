/** Resources in several forms: what a read had asked for is known to whoever judges the write, though that write asks for another form, or for none. */
import { describe, expect, it } from "vitest";
import { snapshotOf } from "../../../main/gateway-under-test.ts";
import { type Guarded, startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
type Writers = "shared" | "exclusive";
type LedgerDown = "refuse" | "pass";

/** The form depends on the language, on the query, and on nothing more than the upstream's word that it would. */
async function inForms(writers: Writers, etag: "none" | "strong", ledgerDown: LedgerDown = "refuse"): Promise<Guarded> {
  const guarded = await start({ mode: "require", writers, ledgerDown });
  guarded.kept.set("/7", '{"n":1}');
  guarded.interfere = (request, response) => {
    const [path = "", query] = (request.url ?? "").split("?", 2);
    const document = guarded.kept.get(path);
    if (request.method !== "GET" || document === undefined) return false;
    const form = `${String(request.headers["accept-language"] ?? "*")} ${query ?? ""}`;
    const body = JSON.stringify({ ...(JSON.parse(document) as object), form });
    return Boolean(response.writeHead(200, { "Content-Type": "application/json", Vary: "Accept, Accept-Language", ...(etag === "none" ? {} : { ETag: JSON.stringify(`${document.length}-${document.charCodeAt(5)}-${Buffer.from(form).toString("hex")}`) }) }).end(body));
  };
  return guarded;
}

/** Another configuration of the service, as a restart would have it, and another worker: nothing that this one has in memory. */
async function startAnew({ gateway, upstream }: Guarded, writers: Writers, ledgerDown: LedgerDown = "refuse"): Promise<void> {
  const notes = { path: "/notes", access: "key" as const, upstream: { targets: [{ url: upstream.url }] }, conflict: { mode: "require" as const, writers, ledgerDown, maxBody: "2MiB" } };
  await gateway.gateway.replaceSnapshot(snapshotOf({ services: { notes }, consumers: { ann: { key: "ann-key" }, bob: { key: "bob-key" } } }, 2));
}

const forms: [string, string, Record<string, string>][] = [["Accept", "", { accept: "application/json" }], ["Accept-Language", "", { "accept-language": "de" }], ["its query", "?fields=n", {}]];

describe.each([["shared", "none"], ["exclusive", "none"], ["shared", "strong"]] as const)("with %s writers and the upstream's own tag %s", (writers, etag) => {
  it.each(forms)("the tag of a form that is told by %s is current for a write that asks for none, also where all memory of the read is gone", async (_told, query, headers) => {
    const guarded = await inForms(writers, etag);
    const read = await guarded.call("GET", `/notes/7${query}`, { headers });
    await startAnew(guarded, writers);
    const answer = await guarded.call("PUT", "/notes/7", { headers: { "if-match": read.etag }, body: { n: 2 } });
    expect([answer.status, answer.text, guarded.kept.get("/7")]).toEqual([204, "", '{"n":2}']);
  });

  it.each(forms)("the tag of a form that is told by %s is refused once it was changed, with what has changed", async (_told, query, headers) => {
    const guarded = await inForms(writers, etag);
    const { call, kept } = guarded;
    const read = await call("GET", `/notes/7${query}`, { headers });
    const other = await call("GET", `/notes/7${query}`, { key: "bob-key", headers });
    await startAnew(guarded, writers);
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": other.etag }, body: { n: 3 } })).status).toBe(204);
    const refused = await call("PUT", "/notes/7", { headers: { "if-match": read.etag }, body: { n: 2 } });
    expect(refused).toMatchObject({ status: 412, body: { cause: "concurrent-modification", current: { changedBy: "bob" }, changes: [{ op: "replace", path: "/n", value: 3 }] } });
    expect(kept.get("/7")).toBe('{"n":3}');
  });
});

it.each(forms)("a lease is given on the tag of a form that is told by %s, and not once the resource was changed, also where all memory of the read is gone", async (_told, query, headers) => {
  const guarded = await inForms("shared", "none");
  const { call, kept } = guarded;
  const read = await call("GET", `/notes/7${query}`, { headers });
  await startAnew(guarded, "shared");
  const lock = () => call("LOCK", "/notes/7", { headers: { "if-match": read.etag } });
  const given = await lock();
  expect(given.status).toBe(200);
  const renewed = await call("LOCK", "/notes/7", { headers: { "if-match": read.etag, "lock-token": String(given.headers.get("lock-token")) } });
  expect(renewed.status).toBe(200);
  await call("UNLOCK", "/notes/7", { headers: { "lock-token": String(given.headers.get("lock-token")) } });
  kept.set("/7", '{"n":9}');
  expect((await lock()).status).toBe(412);
});

it("while the ledger is down, the tag of a form is taken that this worker has given out, and of another nobody is accused of a change", { timeout: 60_000 }, async () => {
  const guarded = await inForms("shared", "none", "pass");
  const { call, gateway } = guarded;
  const before = await call("GET", "/notes/7", { headers: { "accept-language": "de" } });
  await startAnew(guarded, "shared", "pass");
  await gateway.stopLedger();
  const put = (etag: string) => call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { n: 2 } });
  const unknown = await put(before.etag);
  expect([unknown.status, unknown.body]).toMatchObject([412, { cause: "version-mismatch", subcause: "expired-tag", retry: { strategy: "refetch" }, detail: expect.stringContaining("several forms") }]);
  const again = await call("GET", "/notes/7", { headers: { "accept-language": "de" } });
  expect((await put(again.etag)).status).toBe(204);
});
