/** Observe mode through HTTP: what it finds, whom it does not accuse, and that it changes nothing. */
import { connectLedger } from "@parley/stores/embedded/ledger";
import { dataDirectory } from "@parley/contract/data-directory";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { Ledger } from "@parley/stores/ports/ledger";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RawClient } from "../../../main/raw-client.ts";
import { type Answered, type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

let guarded: Guarded;
let ledger: Ledger;
beforeAll(async () => {
  guarded = await startGuarded({ mode: "observe", actor: "header:X-User" });
  ledger = connectLedger({ socketPath: dataDirectory(guarded.gateway.dataDirectory).ledgerSocket });
});
afterAll(async () => {
  await ledger.close();
  await guarded.stop();
});

let count = 0;
let path = "";
beforeEach(() => {
  guarded.interfere = null;
  count += 1;
  path = `/notes/${count}`;
  guarded.kept.set(`/${count}`, JSON.stringify({ title: "one", shade: "red", tags: ["a"] }));
});

const get = (key: string, headers: Record<string, string> = {}): Promise<Answered> => guarded.call("GET", path, { key, headers });
const put = (key: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> => guarded.call("PUT", path, { key, body, headers });
const patch = (key: string, body: unknown, format = "merge-patch"): Promise<Answered> => guarded.call("PATCH", path, { key, body, headers: { "content-type": `application/${format}+json` } });

/** All of this resource's. Everything before has been recorded once a marker of the same route has. */
async function found(): Promise<ConflictRecord[]> {
  const marker = `/notes/marker-${count}`;
  guarded.interfere = (request, response) => request.url === `/marker-${count}` && Boolean(response.writeHead(409).end());
  await guarded.call("PUT", marker, { body: {} });
  const all = (): Promise<ConflictRecord[]> => ledger.findConflicts({ service: "notes", state: null, cause: null, after: null, limit: 100 }).then(({ items }) => items);
  await expect.poll(async () => (await all()).some(({ resource }) => resource === marker)).toBe(true);
  return (await all()).filter(({ resource }) => resource === path);
}

describe("finds a silent lost update", () => {
  it("when a whole document puts back what somebody else had changed", async () => {
    await get("ann-key");
    await get("bob-key");
    await put("bob-key", { title: "two", shade: "red", tags: ["a"] });
    await put("ann-key", { title: "one", shade: "blue", tags: ["a"] });
    expect(await found()).toMatchObject([{ cause: "lost-update", subcause: "put-back", state: "lost", consumers: ["ann", "bob"], consumer: "ann", pointers: ["/title"], callId: expect.any(String), method: "PUT" }]);
  });

  it("also when the other had written without reading, and by patch", async () => {
    await get("ann-key");
    await patch("bob-key", { title: "two", extra: 1 });
    await put("ann-key", { title: "one", shade: "red", tags: ["a"] });
    expect(await found()).toMatchObject([{ cause: "lost-update", pointers: expect.arrayContaining(["/title", "/extra"]) }]);
  });

  it("of a write that also offers to switch protocols, whose body arrives like any other's", async () => {
    await get("ann-key");
    await get("bob-key");
    await put("bob-key", { title: "two", shade: "red", tags: ["a"] });
    const body = JSON.stringify({ title: "one", shade: "blue", tags: ["a"] });
    const client = await RawClient.connect(guarded.gateway.port);
    client.send(`PUT ${path} HTTP/1.1\r\nHost: a\r\nx-api-key: ann-key\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n${body}`);
    expect(await client.end()).toMatch(/^HTTP\/1\.1 204 /);
    expect(guarded.kept.get(`/${count}`)).toBe(body);
    expect(await found()).toMatchObject([{ cause: "lost-update", consumers: ["ann", "bob"], pointers: ["/title"] }]);
  });

  it("among people who share one key", async () => {
    await get("ann-key", { "x-user": "mia" });
    await get("ann-key", { "x-user": "leo" });
    await put("ann-key", { title: "two", shade: "red", tags: ["a"] }, { "x-user": "leo" });
    await put("ann-key", { title: "one", shade: "blue", tags: ["a"] }, { "x-user": "mia" });
    expect(await found()).toMatchObject([{ consumers: ["ann (mia)", "ann (leo)"] }]);
  });
});

describe("accuses nobody", () => {
  const lost = { title: "two", shade: "red", tags: ["a"] };
  it.each<[string, () => Promise<unknown>]>([
    ["who read again before writing", async () => { await get("ann-key"); await put("bob-key", lost); await get("ann-key"); await put("ann-key", { title: "one", shade: "red", tags: ["a"] }); }],
    ["who had a fresh look in another form", async () => { await get("ann-key"); await put("bob-key", lost); await guarded.call("HEAD", path); await put("ann-key", { title: "one", shade: "red", tags: ["a"] }); }],
    ["who never read", async () => { await get("bob-key"); await put("bob-key", lost); await put("ann-key", { title: "one", shade: "red", tags: ["a"] }); }],
    ["who changed another place", async () => { await get("ann-key"); await patch("bob-key", { title: "two" }); await patch("ann-key", { shade: "blue" }); }],
    ["who put a third value there", async () => { await get("ann-key"); await put("bob-key", lost); await put("ann-key", { title: "three", shade: "red", tags: ["a"] }); }],
    ["whose patch is Kubernetes' strategic one, in which a list adds to what is there", async () => { await get("ann-key"); await put("bob-key", { title: "one", shade: "red", tags: ["a", "b"] }); await patch("ann-key", { tags: ["a"] }, "strategic-merge-patch"); }],
    ["who undoes what somebody's patch of an unknown format would have been", async () => { await get("ann-key"); await patch("bob-key", { shade: "blue" }, "strategic-merge-patch"); await put("ann-key", { title: "one", shade: "red", tags: ["a"] }); }],
    ["whose PUT writes a part, whatever it looks like", async () => { await get("ann-key"); await patch("bob-key", { extra: 1 }); await put("ann-key", { title: "one", shade: "red", tags: ["a"] }, { "content-range": "bytes 0-40/99" }); }],
    ["whose write the upstream refused", async () => {
      await get("ann-key"); await put("bob-key", lost);
      guarded.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(422).end());
      await put("ann-key", { title: "one", shade: "red", tags: ["a"] });
    }],
  ])("%s", async (_who, act) => {
    await act();
    expect(await found()).toEqual([]);
  });
});

it("shows who edits the same thing before anything is lost, and no longer once it is over", async () => {
  await get("ann-key");
  await get("bob-key");
  await put("bob-key", { title: "two", shade: "red", tags: ["a"] });
  expect(guarded.gateway.gateway.potentialConflicts().filter(({ resource }) => resource === path)).toMatchObject([{ state: "potential", consumers: ["ann", "bob"], pointers: ["/title"] }]);
  await get("ann-key");
  expect(guarded.gateway.gateway.potentialConflicts().filter(({ resource }) => resource === path)).toEqual([]);
});

it.each([
  ["somebody else has written since the read", ["ann", "bob"], { cause: "concurrent-modification", subcause: "by-consumer", consumers: ["ann", "bob"], current: { changedBy: "bob" } }],
  ["it was read after that", ["ann", "bob", "ann"], { cause: "state-mismatch", consumers: ["ann"] }],
  ["nobody had read it", ["bob"], { cause: "state-mismatch", consumers: ["ann"] }],
] as const)("diagnoses the upstream's own 409 by what was seen before: %s", async (_seen, steps, diagnosis) => {
  for (const who of steps) await (who === "bob" ? put("bob-key", { title: "two", shade: "red", tags: ["a"] }) : get("ann-key"));
  guarded.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409, { "Content-Type": "application/json" }).end('{"reason":"Document update conflict."}'));
  expect((await put("ann-key", { title: "mine" })).status).toBe(409);
  expect(await found()).toMatchObject([{ ...diagnosis, at: expect.toSatisfy(Number.isInteger), origin: "upstream", outcome: "not-applied" }]);
});

it("diagnoses the upstream's own 409, and changes not a byte of anything", async () => {
  guarded.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409, { "Content-Type": "application/json", ETag: 'W/"x"' }).end('{"code":"DuplicateName"}'));
  const answer = await put("ann-key", { title: "one" }, { "if-match": "unquoted", "idempotency-key": '"k', prefer: "x" });
  expect([answer.status, answer.text, answer.headers.get("link"), answer.etag]).toEqual([409, '{"code":"DuplicateName"}', null, 'W/"x"']);
  const sent = guarded.upstream.requests.at(-1);
  expect([sent?.headers["if-match"], sent?.headers["idempotency-key"], sent?.headers["parley-fence"]]).toEqual(["unquoted", '"k', undefined]);
  expect(await found()).toMatchObject([{ upstream: { status: 409, code: "DuplicateName" }, origin: "upstream" }]);
});

it.each([["longer than what is sent in one piece", 100_000, false], ["chunked", 100, true]])("judges what a body writes that is %s", async (_how, length, chunked) => {
  const filler = "x".repeat(length);
  const write = async (key: string, title: string): Promise<number> => {
    const text = JSON.stringify({ title, shade: "red", filler });
    const body = chunked ? new Blob([text]).stream() : text;
    const response = await fetch(guarded.gateway.url + path, { method: "PUT", body, headers: { "x-api-key": key, "content-type": "application/json" }, ...(chunked ? { duplex: "half" } : {}) } as RequestInit);
    await response.arrayBuffer();
    return response.status;
  };
  guarded.kept.set(`/${count}`, JSON.stringify({ title: "one", shade: "red", filler }));
  await get("ann-key");
  await get("bob-key");
  expect([await write("bob-key", "two"), await write("ann-key", "one")]).toEqual([204, 204]);
  expect(JSON.parse(String(guarded.kept.get(`/${count}`)))).toEqual({ title: "one", shade: "red", filler });
  expect(await found()).toMatchObject([{ cause: "lost-update", pointers: ["/title"] }]);
});
