import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";
import { plainBatch, startBatching } from "./batch-upstream.test-support.ts";

const start = stoppedAfterEach(async (...parameters: Parameters<typeof startBatching>) => {
  const batching = await startBatching(...parameters);
  for (const id of ["1", "2"]) batching.kept.set(`/${id}`, `{"title":"note ${id}"}`);
  return batching;
});

const wrongBatches: Record<string, { body: string; status: number; code: string; detail: RegExp; headers?: Record<string, string> }> = {
  "no JSON": { body: "{", status: 400, code: "malformed-batch", detail: /no JSON/ },
  "no list": { body: '{"operations":{"0":{}}}', status: 400, code: "malformed-batch", detail: /no list at \/operations/ },
  "an empty body": { body: "", status: 400, code: "malformed-batch", detail: /no JSON/ },
  "a member twice": { body: '{"operations":[{"id":1},{"id":1,"body":{"n":1,"\\u006e":2}}]}', status: 400, code: "malformed-batch", detail: /member \/operations\/1\/body\/n twice/ },
  "the same list twice": { body: '{"operations":[],"operations":[{"id":1}]}', status: 400, code: "malformed-batch", detail: /member \/operations twice/ },
  "more items than it may have": { body: JSON.stringify({ operations: Array.from({ length: 6 }, (_, id) => ({ id })) }), status: 413, code: "batch-too-large", detail: /6 items, and may have 5/ },
  "more bytes than are looked at": { body: JSON.stringify({ operations: [{ id: "x".repeat(3_000) }] }), status: 413, code: "body-too-large", detail: /1024 bytes/ },
  "a precondition of its own": { body: '{"operations":[]}', headers: { "if-match": '"a"' }, status: 400, code: "malformed-precondition", detail: /in its items/ },
  "a lock token of its own": { body: '{"operations":[]}', headers: { "lock-token": "<a>" }, status: 400, code: "malformed-lock", detail: /in its items/ },
};

it.each(Object.entries(wrongBatches))("a batch with %s is refused, and nothing of it is sent", async (_, { body, status, code, detail, headers }) => {
  const { call, batches } = await start({ mode: "enforce", maxBody: "1KiB", batches: [{ ...plainBatch, maxItems: 5 }] as never });
  const answer = await call("POST", "/notes/_bulk", { body, headers: { "content-type": "application/json", ...headers } });
  expect([answer.status, answer.body["code"], batches]).toEqual([status, code, []]);
  expect(answer.body["detail"]).toMatch(detail);
});

it.each([["multipart/mixed; boundary=x", "--x--"], ["application/x-ndjson", '{"id":"1"}\n{"id":"2"}\n']])("a batch that comes as %s where JSON is expected is refused by that name, and nothing of it is sent", async (type, body) => {
  const { call, batches } = await start({ mode: "enforce" });
  const answer = await call("POST", "/notes/_bulk", { body, headers: { "content-type": type } });
  expect([answer.status, answer.body, batches]).toMatchObject([400, { code: "malformed-batch", detail: `The batch is no JSON; it came as ${type}.` }, []]);
});

it("a batch that asks to be taken for another method is a batch all the same", async () => {
  const { call, batches } = await start({ mode: "require" });
  const answer = await call("POST", "/notes/_bulk", { body: { operations: [{ id: "1", body: {} }] }, headers: { "x-http-method-override": "PUT" } });
  expect([answer.status, batches]).toEqual([428, []]);
});

it("a batch in a content coding is refused by the name of that, and nothing of it is sent", async () => {
  const { call, batches } = await start({ mode: "enforce" });
  const answer = await call("POST", "/notes/_bulk", { body: gzipSync('{"operations":[{"id":"1","body":{}}]}'), headers: { "content-encoding": "gzip" } });
  expect([answer.status, answer.body, batches]).toMatchObject([400, { code: "malformed-batch", detail: expect.stringContaining("content coding gzip") as string }, []]);
});

const wrongItems: Record<string, { item: unknown; status: number; code: string }> = {
  "no resource": { item: { body: {} }, status: 400, code: "malformed-batch" },
  "an object for its resource": { item: { id: { a: 1 } }, status: 400, code: "malformed-batch" },
  "a way up for its resource": { item: { id: ".." }, status: 400, code: "malformed-batch" },
  "null for an item": { item: null, status: 400, code: "malformed-batch" },
  "a list for an item": { item: [1], status: 400, code: "malformed-batch" },
  "a method that there is not": { item: { id: "1", method: "BREW" }, status: 400, code: "malformed-batch" },
  "a tag that is an object": { item: { id: "1", ifMatch: {} }, status: 400, code: "malformed-batch" },
  "a tag that is cut off": { item: { id: "1", ifMatch: '"a' }, status: 400, code: "malformed-precondition" },
  "`*` beside a tag": { item: { id: "1", ifMatch: '"a", *' }, status: 400, code: "malformed-precondition" },
  "a lock token with a space": { item: { id: "1", lockToken: "a b" }, status: 400, code: "malformed-lock" },
};

it.each(Object.entries(wrongItems))("an item with %s is refused by itself, and the other one is written", async (_, { item, status, code }) => {
  const { post, kept } = await start({ mode: "enforce" });
  const answer = await post([item, { id: "2", body: { title: "two" } }]);
  const { items } = answer.body as unknown as { items: { status: number; problem?: { code: string } }[] };
  expect([answer.status, items[0]?.status, items[0]?.problem?.code, items[1]?.status]).toEqual([207, status, code, 200]);
  expect(kept.get("/2")).toBe('{"title":"two"}');
});

it("an item whose id no double can hold is guarded as the one that it names", async () => {
  const { call, post, kept } = await start({ mode: "enforce" });
  await call("LOCK", "/notes/9007199254740993", { key: "bob-key" });
  const answer = await call("POST", "/notes/_bulk", { body: '{"operations":[{"id":9007199254740993,"body":{}},{"id":9007199254740992,"body":{"n":1}}]}' });
  expect((answer.body as unknown as { items: { resource: string; status: number }[] }).items).toMatchObject([{ resource: "/notes/9007199254740993", status: 423 }, { resource: "/notes/9007199254740992", status: 200 }]);
  expect([kept.get("/9007199254740992"), (await post([])).status]).toEqual(['{"n":1}', 200]);
});

it("a resource that a batch writes twice is written once, as the first item says", async () => {
  const { post, kept } = await start({ mode: "enforce" });
  const answer = await post([{ id: "1", body: { n: 1 } }, { id: "1", body: { n: 2 } }]);
  expect((answer.body as unknown as { items: unknown[] }).items).toMatchObject([{ status: 200 }, { status: 400, problem: { code: "malformed-batch", detail: expect.stringContaining("item 0 writes already") as string } }]);
  expect(kept.get("/1")).toBe('{"n":1}');
});

it("an empty batch and one that only reads go to the upstream as they are", async () => {
  const { post, batches } = await start({ mode: "require" });
  expect((await post([])).status).toBe(200);
  expect((await post([{ id: "1", method: "GET" }])).status).toBe(200);
  expect(batches.length).toBe(2);
});

it("a tag that another consumer was given is refused in an item as in a request of its own", async () => {
  const { post, tag, kept } = await start({ mode: "require" });
  kept.set("/1", '{"title":"two"}');
  const bobs = await tag("1", "bob-key");
  kept.set("/1", '{"title":"three"}');
  expect((await post([{ id: "1", ifMatch: bobs, body: {} }])).status).toBe(412);
});

it("without the ledger a batch is refused as a whole, and nothing of it is sent", async () => {
  const { post, batches, gateway } = await start({ mode: "enforce" });
  await gateway.stopLedger();
  const answer = await post([{ id: "1", body: {} }, { id: "2", body: {} }]);
  expect([answer.status, answer.body["code"], batches]).toEqual([503, "ledger-unavailable", []]);
  await gateway.startLedger();
});
