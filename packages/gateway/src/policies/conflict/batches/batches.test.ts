import { describe, expect, it } from "vitest";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";
import { plainBatch, startBatching, withResults } from "./batch-upstream.test-support.ts";

const start = stoppedAfterEach(async (...parameters: Parameters<typeof startBatching>) => {
  const batching = await startBatching(...parameters);
  for (const id of ["1", "2", "3"]) batching.kept.set(`/${id}`, JSON.stringify({ title: `note ${id}`, shade: "red" }));
  return batching;
});

interface Reported {
  items: { index: number; resource: string; status: number; outcome: string; problem?: Record<string, unknown> }[];
}

describe("a batch whose items are all current", () => {
  it("is carried out, and its answer is the upstream's own to the byte", async () => {
    const { post, tag, kept, batches } = await start({ mode: "require" });
    const answer = await post([{ id: "1", ifMatch: await tag("1"), body: { title: "one" } }, { id: "9", body: { title: "new" } }]);
    expect([answer.status, answer.text]).toEqual([200, '{"results":[{"id":"1","status":200},{"id":"9","status":201}]}']);
    expect([kept.get("/1"), kept.get("/9")]).toEqual(['{"title":"one"}', '{"title":"new"}']);
    expect(batches.length).toBe(1);
  });

  it("advances the revision of every resource that it writes, by whoever sent it", async () => {
    const { post, tag, gateway } = await start({ mode: "require" });
    await post([{ id: "2", ifMatch: await tag("2"), body: { a: 1 } }, { id: "1", ifMatch: await tag("1"), body: { a: 1 } }]);
    const ledger = gateway.connectLedger();
    try {
      for (const path of ["/notes/1", "/notes/2"]) {
        const [last] = await ledger.listChanges({ service: "notes", path, after: 0, limit: 10 });
        expect(last, path).toMatchObject({ by: "ann", method: "PUT" });
      }
      expect(await ledger.listBypasses({ service: null })).toEqual([]);
      expect(await ledger.claimUnresolved({ limit: 10 })).toEqual([]);
    } finally {
      await ledger.close();
    }
  });

  it("reaches the upstream as it was written, numbers past 2^53 and the rest of the document included, where only a tag is taken out", async () => {
    const { call, tag, batches } = await start({ mode: "enforce" });
    const etag = await tag("1");
    await call("POST", "/notes/_bulk", { body: `{"big":12345678901234567890,"operations":[{"id":"1","ifMatch":${JSON.stringify(etag)},"body":{"n":9007199254740993, "f": 1.0}}]}` });
    expect(batches).toEqual(['{"big":12345678901234567890,"operations":[{"id":"1","body":{"n":9007199254740993,"f":1.0}}]}']);
  });
});

describe("a batch with an item that was changed meanwhile", () => {
  it("has the others carried out, and reports of each what became of it, with who changed what", async () => {
    const { post, call, tag, kept, batches } = await start({ mode: "require" });
    const [first, second] = [await tag("1"), await tag("2")];
    await call("PUT", "/notes/1", { key: "bob-key", headers: { "if-match": await tag("1", "bob-key") }, body: { title: "bob's", shade: "red" } });
    const answer = await post([{ id: "1", ifMatch: first, body: { title: "ann's" } }, { id: "2", ifMatch: second, body: { title: "two" } }]);
    expect(answer.status).toBe(207);
    const { items } = answer.body as unknown as Reported;
    expect(items).toMatchObject([
      { index: 0, resource: "/notes/1", status: 412, outcome: "not-applied", problem: { code: "concurrent-modification", cause: "concurrent-modification", current: { changedBy: "bob" }, changes: [{ op: "replace", path: "/title", value: "bob's" }] } },
      { index: 1, resource: "/notes/2", status: 200, outcome: "applied" },
    ]);
    expect([kept.get("/1"), kept.get("/2")]).toEqual(['{"title":"bob\'s","shade":"red"}', '{"title":"two"}']);
    expect(JSON.parse(batches[0] ?? "")).toEqual({ operations: [{ id: "2", body: { title: "two" } }] });
    const record = await call("GET", new URL(String(items[0]?.problem?.["instance"])).pathname);
    expect([record.status, record.body["resource"]]).toEqual([200, "/notes/1"]);
  });

  it("gets the refusal in the shape of the upstream's answers, where the service says how those look", async () => {
    const { post, tag, kept } = await start({ mode: "require", batches: [withResults] as never });
    const [first, second] = [await tag("1"), await tag("2")];
    kept.set("/1", '{"title":"past the gateway"}');
    const answer = await post([{ id: "1", ifMatch: first, body: {} }, { id: "2", ifMatch: second, body: { title: "two" } }, { id: "3", body: {} }]);
    expect(answer.status).toBe(200);
    expect((answer.body as { results: unknown[] }).results).toMatchObject([
      { id: "1", status: 412, problem: { cause: "concurrent-modification", subcause: "by-bypass" } },
      { id: "2", status: 200 },
      { id: "3", status: 428, problem: { code: "precondition-required" } },
    ]);
  });

  it("is not sent at all where the service says so, and says which items stood in the way", async () => {
    const { post, tag, kept, batches } = await start({ mode: "require", batches: [{ ...plainBatch, onRefusal: "refuse" }] as never });
    const before = [...kept];
    const answer = await post([{ id: "1", ifMatch: '"1-AAAAAAAAAAAAAAAAAAAAAA"', body: {} }, { id: "2", ifMatch: await tag("2"), body: {} }]);
    expect([answer.status, answer.body]).toMatchObject([409, { code: "batch-refused", items: [{ status: 412, outcome: "not-applied" }, { outcome: "not-applied" }] }]);
    expect([[...kept], batches]).toEqual([before, []]);
    expect((await post([{ id: "2", ifMatch: await tag("2"), body: { title: "two" } }])).status).toBe(200);
  });

  it("and nothing else in it is answered with that item's own status", async () => {
    const { post, batches } = await start({ mode: "require" });
    const answer = await post([{ id: "1", body: {} }]);
    expect([answer.status, answer.body["code"], batches]).toEqual([428, "batch-refused", []]);
  });

  it("is merged where the strategy merges, and says so", async () => {
    const { post, tag, kept, call } = await start({ mode: "require", strategy: "merge" });
    const first = await tag("1");
    await call("PATCH", "/notes/1", { key: "bob-key", headers: { "if-match": await tag("1", "bob-key"), "content-type": "application/merge-patch+json" }, body: { title: "bob's" } });
    const answer = await post([{ id: "1", ifMatch: first, body: { title: "note 1", shade: "blue" } }]);
    expect(JSON.parse(kept.get("/1") ?? "")).toEqual({ title: "bob's", shade: "blue" });
    expect([answer.status, (answer.body as unknown as Reported).items]).toMatchObject([207, [{ status: 200, outcome: "applied" }]]);
  });
});

describe("an upstream that refuses an item itself", () => {
  it("has its refusal diagnosed, and the others noted as written", async () => {
    const batching = await start({ mode: "enforce", batches: [withResults] as never });
    const { post, tag } = batching;
    batching.before = (response) => {
      batching.kept.set("/2", '{"title":"two"}');
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results: [{ id: "1", status: 409, error: "already_archived" }, { id: "2", status: 200 }] }));
      return true;
    };
    const answer = await post([{ id: "1", ifMatch: await tag("1"), body: {} }, { id: "2", ifMatch: await tag("2"), body: { title: "two" } }], { headers: { accept: "application/problem+json" } });
    expect((answer.body as { results: unknown[] }).results).toMatchObject([{ id: "1", status: 409, problem: { cause: "state-mismatch", origin: "upstream", outcome: "not-applied" } }, { id: "2", status: 200 }]);
    const plain = await post([{ id: "1", ifMatch: await tag("1"), body: {} }, { id: "2", ifMatch: await tag("2"), body: { title: "two" } }]);
    expect(plain.text).toBe('{"results":[{"id":"1","status":409,"error":"already_archived"},{"id":"2","status":200}]}');
    expect(plain.headers.get("link")).toMatch(/^<\/\.well-known\/parley\/conflicts\/[0-9a-f]{32}>; rel="describedby"; type="application\/problem\+json"; anchor="\/notes\/1"$/);
    expect(batching.batches.length).toBe(2);
  });

  it("and one whose answer is lost leaves every item with an unknown outcome and its resource at rest", async () => {
    const batching = await start({ mode: "require", locks: { delay: "60s" } });
    const { post, tag, call } = batching;
    const tags = [await tag("1"), await tag("2")];
    batching.before = (response) => {
      response.socket?.destroy();
      return true;
    };
    const answer = await post([{ id: "1", ifMatch: tags[0], body: {} }, { id: "2", ifMatch: tags[1], body: {} }]);
    expect([answer.status, answer.body]).toMatchObject([504, { code: "outcome-unknown", items: [{ outcome: "unknown" }, { outcome: "unknown" }] }]);
    for (const [index, id] of ["1", "2"].entries()) {
      expect((await call("PUT", `/notes/${id}`, { headers: { "if-match": tags[index] ?? "" }, body: {} })).body).toMatchObject({ cause: "busy", subcause: "lock-delay" });
    }
  });
});

describe("leases and keys", () => {
  it("an item on somebody's lease is refused without its token and goes through with it", async () => {
    const batching = await start({ mode: "enforce" });
    const { post, tag, call, kept } = batching;
    const lease = await call("LOCK", "/notes/1", { key: "bob-key" });
    const asAnn = await post([{ id: "1", body: { by: "ann" } }, { id: "2", body: { by: "ann" } }]);
    expect((asAnn.body as unknown as Reported).items).toMatchObject([{ status: 423, problem: { cause: "locked", holder: "bob" } }, { status: 200 }]);
    expect(kept.get("/1")).not.toContain("ann");
    const asBob = await post([{ id: "1", lockToken: lease.body["token"], ifMatch: await tag("1", "bob-key"), body: { by: "bob" } }], { key: "bob-key" });
    expect([asBob.status, kept.get("/1")]).toEqual([200, '{"by":"bob"}']);
    expect(JSON.stringify(batching.batches)).not.toContain(String(lease.body["token"]));
  });

  it.each(["resource", "parent"])("an item whose lease is broken while the batch is on its way has an unknown outcome, and the others have theirs (scope: %s)", async (scope) => {
    const batching = await start({ mode: "enforce", scope, locks: { delay: "60s" } });
    const { post, call, tag } = batching;
    const lease = await call("LOCK", "/notes/1");
    const ledger = batching.gateway.connectLedger();
    batching.before = async () => {
      await ledger.breakLease({ service: "notes", path: scope === "parent" ? "/notes" : "/notes/1" });
      return false;
    };
    const token = lease.body["token"];
    const answer = await post([{ id: "1", lockToken: token, ifMatch: await tag("1"), body: { n: 1 } }, ...(scope === "parent" ? [] : [{ id: "2", body: { n: 2 } }])]);
    await ledger.close();
    expect((answer.body as unknown as Reported).items ?? (answer.body as { items: unknown[] }).items).toMatchObject([
      { status: 504, outcome: "unknown", problem: { cause: "outcome-unknown", subcause: "lease-lost" } }, ...(scope === "parent" ? [] : [{ status: 200, outcome: "applied" }]),
    ]);
    batching.before = null;
    expect((await call("PUT", "/notes/1", { body: {} })).body).toMatchObject({ cause: "busy", subcause: "lock-delay" });
  });

  it("the fence of each item goes where the service takes it, and a client's own goes nowhere", async () => {
    const item = { ...plainBatch.item, fence: "/fence" };
    const { post, call, tag, batches } = await start({ mode: "enforce", batches: [{ ...plainBatch, item }] as never });
    const lease = await call("LOCK", "/notes/1");
    const answer = await post([{ id: "1", lockToken: lease.body["token"], ifMatch: await tag("1"), fence: 999, body: { n: 1 } }, { id: "2", body: { n: 2 } }, { id: "3", method: "GET", fence: 999 }]);
    expect(answer.status).toBe(200);
    const sent = (JSON.parse(batches[0] ?? "") as { operations: Record<string, unknown>[] }).operations;
    expect(sent).toEqual([{ id: "1", fence: lease.body["fence"], body: { n: 1 } }, { id: "2", fence: 1, body: { n: 2 } }, { id: "3", method: "GET" }]);
  });

  it("a batch that is repeated with its Idempotency-Key is answered as before and carried out once", async () => {
    const { post, batches } = await start({ mode: "enforce" });
    const headers = { "idempotency-key": '"b-1"' };
    const first = await post([{ id: "8", body: { n: 1 } }], { headers });
    const again = await post([{ id: "8", body: { n: 1 } }], { headers });
    expect([again.status, again.text, again.headers.get("idempotency-replayed"), batches.length]).toEqual([first.status, first.text, "true", 1]);
    expect((await post([{ id: "8", body: { n: 2 } }], { headers })).status).toBe(422);
  });

  it("a batch of which nothing was sent is judged anew under its Idempotency-Key", async () => {
    const batching = await start({ mode: "require", batches: [withResults] as never });
    const { post, tag, batches } = batching;
    const headers = { "idempotency-key": '"b-2"' };
    const lease = await batching.call("LOCK", "/notes/1", { key: "bob-key" });
    const operations = [{ id: "1", ifMatch: await tag("1"), body: { n: 1 } }];
    const refused = await post(operations, { headers });
    expect([refused.status, refused.body]).toMatchObject([200, { results: [{ id: "1", status: 423 }] }]);
    await batching.call("UNLOCK", "/notes/1", { key: "bob-key", headers: { "lock-token": `<${String(lease.body["token"])}>` } });
    const done = await post(operations, { headers });
    expect([done.headers.get("idempotency-replayed"), done.body, batches.length]).toMatchObject([null, { results: [{ id: "1", status: 200 }] }, 1]);
    expect((await post(operations, { headers })).headers.get("idempotency-replayed")).toBe("true");
  });

  it("siblings under one lock (scope: parent) are written together, and nobody comes between", async () => {
    const batching = await start({ mode: "require", scope: "parent" });
    const { post, tag, call } = batching;
    const tags = [await tag("1"), await tag("2"), await tag("3", "bob-key")];
    const late: Promise<unknown>[] = [];
    batching.before = () => {
      if (late.length > 0) return false;
      const single = call("PUT", "/notes/3", { key: "bob-key", headers: { "if-match": tags[2] ?? "" }, body: { by: "bob" } }).then(() => batching.batches.push("the single write"));
      late.push(single);
      return false;
    };
    const answer = await post([{ id: "1", ifMatch: tags[0], body: {} }, { id: "2", ifMatch: tags[1], body: {} }]);
    await Promise.all(late);
    expect([answer.status, batching.batches.at(-1), batching.kept.get("/3")]).toEqual([200, "the single write", '{"by":"bob"}']);
    expect((await post([{ id: "1", ifMatch: await tag("1"), body: { again: true } }, { id: "2", ifMatch: await tag("2"), body: {} }])).status).toBe(200);
  });
});
