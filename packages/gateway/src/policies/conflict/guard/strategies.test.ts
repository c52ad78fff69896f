/** Strategies, adapters, exclusive writers, the probe, and many clients at once. */
import { connectLedger } from "@parley/stores/embedded/ledger";
import { dataDirectory } from "@parley/contract/data-directory";
import { describe, expect, it } from "vitest";
import { findLostUpdates } from "../../../../../../tests/history-checker/lost-updates.ts";
import type { NamedWrite } from "../../../../../../tests/history-checker/history.ts";
import { type Answered, type Guarded, startGuarded, tagOf } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(async (...parameters: Parameters<typeof startGuarded>) => {
  const guarded = await startGuarded(...parameters);
  guarded.kept.set("/7", '{"title":"one","shade":"red","balance":1,"items":[{"id":1,"n":1},{"id":2,"n":2}]}');
  return guarded;
});

const document = { title: "one", shade: "red", balance: 1, items: [{ id: 1, n: 1 }, { id: 2, n: 2 }] };

describe("merge", () => {
  const meet = async ({ call }: Guarded, yours: unknown, how: { theirs?: unknown; method?: string; headers?: Record<string, string> } = {}): Promise<Answered> => {
    const { etag } = await call("GET", "/notes/7");
    const theirs = await call("GET", "/notes/7", { key: "bob-key" });
    await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": theirs.etag }, body: how.theirs ?? { ...document, title: "two" } });
    return call(how.method ?? "PUT", "/notes/7", { headers: { "if-match": etag, ...how.headers }, body: yours });
  };

  it.each(["none", "strong"] as const)("puts both changes in where they are apart, and answers with the document and no tag (upstream's tag: %s)", async (etag) => {
    const all = await start({ mode: "require", strategy: "merge", merge: { keys: { "/items": "id" } } }, { etag });
    const merged = await meet(all, { ...document, shade: "blue", items: [{ id: 1, n: 1 }, { id: 2, n: 20 }] });
    const both = { ...document, title: "two", shade: "blue", items: [{ id: 1, n: 1 }, { id: 2, n: 20 }] };
    expect([merged.status, merged.body, merged.etag, merged.headers.get("content-location")]).toEqual([200, both, "", "/notes/7"]);
    expect(JSON.parse(String(all.kept.get("/7")))).toEqual(both);
  });

  it("refuses where both touch one place, naming it, and what is forbidden", async () => {
    const all = await start({ mode: "require", strategy: "merge", merge: { forbid: ["/balance"] } });
    const overlap = await meet(all, { ...document, title: "mine" });
    expect([overlap.status, overlap.body]).toMatchObject([412, { code: "merge-overlap", subcause: "overlap", conflicts: [{ pointer: "/title", base: "one", theirs: "two", yours: "mine" }] }]);
    all.kept.set("/7", JSON.stringify(document));
    const forbidden = await meet(all, { ...document, balance: 5 });
    expect([forbidden.status, forbidden.body]).toMatchObject([412, { conflicts: [{ pointer: "/balance" }] }]);
  });

  it.each([["PUT", { shade: "blue" }], ["PUT", {}], ["PATCH", { shade: "blue" }], ["PATCH", {}]])("counts two equal changes of one place as two, so that no counter loses one (%s, and %j)", async (method, more) => {
    const all = await start({ mode: "require", strategy: "merge", merge: { forbid: ["/balance"] } });
    const raised = { ...document, title: "two", balance: 11 };
    const refused = await meet(all, method === "PUT" ? { ...raised, ...more } : { title: "two", balance: 11, ...more }, { theirs: raised, method });
    const cause = Object.keys(more).length === 0 ? { cause: "already-applied" } : { code: "merge-overlap", conflicts: [{ pointer: "/balance" }, { pointer: "/title", theirs: "two", yours: "two" }] };
    expect([refused.status, refused.body]).toMatchObject([412, cause]);
    expect(JSON.parse(String(all.kept.get("/7")))).toEqual(raised);
  });

  it("loses none of many clients' increments of one counter", async () => {
    const { call, kept } = await start({ mode: "require", strategy: "merge" });
    kept.set("/7", '{"n":0,"other":0}');
    const increment = async (): Promise<void> => {
      const { etag, body } = await call("GET", "/notes/7");
      const { status } = await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { ...body, n: Number(body["n"]) + 1 } });
      if (status === 412) await increment();
    };
    await Promise.all(Array.from({ length: 6 }, increment));
    expect(kept.get("/7")).toBe('{"n":6,"other":0}');
  });

  it.each([["PUT", "application/json"], ["PATCH", "application/merge-patch+json"]])("refuses what two parsers could read differently, and nothing is written (%s)", async (method, type) => {
    const all = await start({ mode: "require", strategy: "merge" });
    const doubled = '{"title":"one","shade":"blue","shade":"green"}';
    const refused = await meet(all, doubled, { method, headers: { "content-type": type } });
    expect([refused.status, refused.body]).toMatchObject([400, { code: "repeated-member", detail: expect.stringContaining("/shade twice") as string }]);
    expect(JSON.parse(String(all.kept.get("/7")))).toEqual({ ...document, title: "two" });
  });

  it("when the client asks for it, for patches too", async () => {
    const all = await start({ mode: "require" });
    const patched = await meet(all, { shade: "blue" }, { method: "PATCH", headers: { "content-type": "application/merge-patch+json", prefer: "conflict=merge" } });
    expect(patched.status).toBe(204);
    expect(JSON.parse(String(all.kept.get("/7")))).toEqual({ ...document, title: "two", shade: "blue" });
  });
});

it.each(["field:/meta/version", "adapter:couchdb"])("merge leaves the version to the upstream, whatever version the client sent with its document (%s)", async (validator) => {
  const { call, kept } = await start({ mode: "require", strategy: "merge", validator });
  const versioned = (n: number, more: object): object => ({ ...document, ...more, ...(validator === "adapter:couchdb" ? { _rev: `${n}-abc` } : { meta: { version: n } }) });
  for (const yours of [document, versioned(1, {})]) {
    kept.set("/7", JSON.stringify(versioned(1, {})));
    const { etag } = await call("GET", "/notes/7");
    kept.set("/7", JSON.stringify(versioned(2, { title: "two" })));
    const merged = await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { ...yours, shade: "blue" } });
    expect([merged.status, JSON.parse(String(kept.get("/7")))]).toEqual([200, versioned(2, { title: "two", shade: "blue" })]);
  }
});

it.each([["weak", {}], ["strong", { validator: "body-hash" }]] as const)("a write is not answered with a tag that no later write could name (the upstream's: %s, %o)", async (etag, more) => {
  const guarded = await start({ mode: "require", ...more }, { etag });
  const { call, kept } = guarded;
  guarded.interfere = (request, response, body) => {
    if (request.method !== "PUT" && request.method !== "POST") return false;
    kept.set("/7", body);
    return Boolean(response.writeHead(200, { "Content-Type": "application/json", ETag: String(tagOf(body, etag)) }).end(body));
  };
  const { etag: tag } = await call("GET", "/notes/7");
  const written = await call("PUT", "/notes/7", { headers: { "if-match": tag }, body: document });
  const created = await call("POST", "/notes", { body: document });
  expect([written.status, written.etag, created.status, created.etag]).toEqual([200, "", 200, ""]);
});

it("retry repeats what the upstream is too busy for, and never changes the client's tag", async () => {
  const guarded = await start({ mode: "require", strategy: "retry", busy: [{ status: 409, body: "AnotherOperationInProgress" }] });
  const { call, upstream } = guarded;
  let busy = 2;
  guarded.interfere = (request, response) => request.method === "PUT" && busy-- > 0 && Boolean(response.writeHead(409).end("AnotherOperationInProgress"));
  const { etag } = await call("GET", "/notes/7");
  expect((await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: document })).status).toBe(204);
  expect(upstream.requests.filter(({ method }) => method === "PUT")).toHaveLength(3);
});

it("last write wins lets it pass, and what it overwrote is kept", async () => {
  const { call, gateway, kept } = await start({ mode: "enforce", strategy: "last-write-wins" });
  const { etag } = await call("GET", "/notes/7");
  kept.set("/7", '{"title":"theirs"}');
  expect((await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { title: "mine" } })).status).toBe(204);
  const ledger = connectLedger({ socketPath: dataDirectory(gateway.dataDirectory).ledgerSocket });
  const changes = await ledger.listChanges({ service: "notes", path: "/notes/7", after: 0, limit: 10 });
  const bodies = await Promise.all(changes.filter(({ kept: isKept }) => isKept).map(({ digest }) => ledger.readBase({ service: "notes", path: "/notes/7", digest: String(digest) })));
  expect(bodies.map((body) => Buffer.from(String(body?.body), "base64").toString())).toContain('{"title":"theirs"}');
  await ledger.close();
});

it("exclusive writers need no refetch, and still refuse an older tag", async () => {
  const { call, upstream } = await start({ mode: "require", writers: "exclusive" });
  const { etag } = await call("GET", "/notes/7");
  const reads = (): number => upstream.requests.filter(({ method }) => method === "GET").length;
  const before = reads();
  expect((await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: document })).status).toBe(204);
  expect(reads()).toBe(before);
  await call("GET", "/notes/7");
  expect((await call("PUT", "/notes/7", { headers: { "if-match": '"1-AAAAAAAAAAAAAAAAAAAAAA"' }, body: document })).status).toBe(412);
});

it.each(["none", "strong"] as const)("If-Match: * of exclusive writers is looked up until a write has shown that it is there, and after each delete (the upstream's tags: %s)", async (etag) => {
  const { call, upstream, kept } = await start({ mode: "require", writers: "exclusive" }, { etag });
  const put = (): Promise<number> => call("PUT", "/notes/9", { headers: { "if-match": "*" }, body: document }).then(({ status }) => status);
  const reads = (): number => upstream.requests.filter(({ method }) => method === "GET").length;
  expect(await put()).toBe(412);
  kept.set("/9", '{"title":"first"}');
  expect(await put()).toBe(204);
  const before = reads();
  expect([await put(), await put(), ...(await Promise.all(Array.from({ length: 6 }, put)))]).toEqual(Array<number>(8).fill(204));
  // The upstream's own tags are compared with by the upstream.
  expect(reads() - before).toBe(etag === "none" ? 0 : 8);
  expect((await call("DELETE", "/notes/9", { headers: { "if-match": "*" } })).status).toBe(204);
  expect(await put()).toBe(412);
  expect(kept.has("/9")).toBe(false);
});

it.each(["none", "strong"] as const)("of exclusive writers who read the same state one writes, whatever their number (the upstream's tags: %s)", async (etag) => {
  const { call, kept, upstream } = await start({ mode: "require", writers: "exclusive" }, { etag });
  for (let round = 0; round < 3; round += 1) {
    const { etag: tag } = await call("GET", "/notes/7");
    const answers = await Promise.all(Array.from({ length: 8 }, (_, writer) => call("PUT", "/notes/7", { headers: { "if-match": tag }, body: { title: `${round}-${writer}` } })));
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([204, ...Array<number>(7).fill(412)]);
    expect(kept.get("/7")).toBe(JSON.stringify({ title: `${round}-${answers.findIndex(({ status }) => status === 204)}` }));
  }
  expect(upstream.requests.filter(({ method }) => method === "PUT")).toHaveLength(3);
});

it("claims less once a write past the gateway was found", async () => {
  const { call, gateway, kept } = await start({ mode: "require" });
  expect(gateway.gateway.guarantees()).toMatchObject([{ service: "notes", level: "serialized" }]);
  const { etag } = await call("GET", "/notes/7");
  kept.set("/7", '{"title":"bypass"}');
  expect((await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: document })).body).toMatchObject({ guarantee: "detect", subcause: "by-bypass" });
  expect(gateway.gateway.guarantees()).toMatchObject([{ level: "detect" }]);
});

it("earns atomic by a probe, and not where the upstream carries a stale write out", async () => {
  for (const [etag, level] of [["strong", "atomic"], ["weak", "serialized"]] as const) {
    const documents = await startGuarded({ mode: "require", validator: "upstream", probe: "/probe" }, { etag });
    documents.kept.set("/probe", '{"a":1}');
    // The resource was not there when it was first looked for: it is looked for again.
    await expect.poll(() => documents.gateway.gateway.guarantees()[0]?.reason, { timeout: 10_000 }).toMatch(/stale write/);
    expect(documents.gateway.gateway.guarantees()[0]?.level).toBe(level);
    await documents.stop();
  }
});

it.each([
  ["field:/version", { version: 5 }],
  ["field:/version", { version: "5" }],
  ["adapter:couchdb", { _rev: "5-00ff" }],
  ["adapter:github", { sha: "95b966ae1c166bd92f8ae7d1c313e738c731dfc3" }],
  ["adapter:kubernetes", { metadata: { resourceVersion: "812" } }],
  ["adapter:elasticsearch", { _seq_no: 5, _primary_term: 1 }],
])("the probe sends a version that is stale, in the upstream's own way (%s: %o)", async (validator, version) => {
  const documents = await startGuarded({ mode: "require", validator, probe: "/probe" });
  const stored = JSON.stringify({ ...version, a: 1 });
  documents.kept.set("/probe", stored);
  let sent = "";
  documents.interfere = (request, response, body) => {
    if (request.method !== "PUT") return false;
    sent = `${request.url} ${body}`;
    const [text] = validator === "adapter:elasticsearch" ? ["if_seq_no=5&"] : [JSON.stringify(version).slice(1, -1)];
    // Carries out what names the current version, as those upstreams do.
    if (sent.includes(String(text))) documents.kept.set("/probe", body);
    const refusal = validator === "adapter:github" ? 422 : 409;
    return Boolean(response.writeHead(sent.includes(String(text)) ? 200 : refusal).end('{"message":"sha does not match"}'));
  };
  await expect.poll(() => documents.gateway.gateway.guarantees()[0]?.level, { timeout: 10_000 }).toBe("atomic");
  expect(documents.kept.get("/probe")).toBe(stored);
  await documents.stop();
});

describe("adapters", () => {
  it("couchdb: the revision is the tag, and goes into the body or the query", async () => {
    const { call, kept, upstream } = await start({ mode: "require", validator: "adapter:couchdb" });
    kept.set("/7", '{"_id":"7","_rev":"3-abc","title":"one"}');
    const { etag } = await call("GET", "/notes/7");
    expect(etag).toBe('"3-abc"');
    expect((await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: { title: "two" } })).status).toBe(204);
    expect(JSON.parse(String(upstream.requests.at(-1)?.body))).toEqual({ title: "two", _rev: "3-abc" });
    kept.set("/7", '{"_rev":"4-def"}');
    expect((await call("DELETE", "/notes/7", { headers: { "if-match": etag } })).status).toBe(412);
    expect((await call("DELETE", "/notes/7", { headers: { "if-match": '"4-def"' } })).status).toBe(204);
    expect(upstream.requests.at(-1)?.url).toBe("/7?rev=4-def");
  });

  it("elasticsearch: two numbers in the query; a version field: back in its own type", async () => {
    const elastic = await start({ mode: "require", validator: "adapter:elasticsearch" });
    elastic.kept.set("/7", '{"_seq_no":5,"_primary_term":2,"_source":{}}');
    await elastic.call("PUT", "/notes/7", { headers: { "if-match": '"5.2"' }, body: { a: 1 } });
    expect(elastic.upstream.requests.at(-1)?.url).toBe("/7?if_seq_no=5&if_primary_term=2");
    const field = await start({ mode: "require", validator: "field:/meta/version" });
    field.kept.set("/7", '{"meta":{"version":4},"a":1}');
    await field.call("PUT", "/notes/7", { headers: { "if-match": '"4"' }, body: { meta: {}, a: 2 } });
    expect(JSON.parse(String(field.upstream.requests.at(-1)?.body))).toEqual({ meta: { version: 4 }, a: 2 });
  });
});

it.each(["none", "strong"] as const)("loses no update of many clients that read, change and write (upstream's tag: %s)", { timeout: 240_000 }, async (etag) => {
  const { call, kept } = await start({ mode: "require" }, { etag });
  kept.set("/counter", JSON.stringify({ id: "start", n: 0 }));
  const writes: NamedWrite[] = [];
  let reads = 0;
  const allHaveRead = Promise.withResolvers<void>();
  const client = async (name: string, key: string): Promise<void> => {
    for (let done = 0; done < 3; ) {
      const read = await call("GET", "/notes/counter", { key });
      if ((reads += 1) === 6) allHaveRead.resolve();
      await allHaveRead.promise;
      const id = `${name}-${writes.length}`;
      const answer = await call("PUT", "/notes/counter", { key, headers: { "if-match": read.etag }, body: { id, n: Number(read.body["n"]) + 1 } });
      // A busy machine's ledger may answer too late: what then says that nothing was written is held to it.
      const outcome = answer.status === 204 ? "acknowledged" : answer.body["outcome"] === "not-applied" ? "refused" : "unknown";
      writes.push({ key: "counter", id, predecessor: String(read.body["id"]), outcome });
      if (outcome === "acknowledged") done += 1;
    }
  };
  await Promise.all(["a", "b", "c", "d", "e", "f"].map((name, index) => client(name, index % 2 === 0 ? "ann-key" : "bob-key")));
  const end = JSON.parse(String(kept.get("/counter"))) as { id: string; n: number };
  expect(end.n).toBe(18);
  expect(writes.length).toBeGreaterThanOrEqual(18 + 5);
  expect(writes.filter(({ outcome }) => outcome === "unknown")).toEqual([]);
  const first = { key: "counter", id: "start", predecessor: null, outcome: "acknowledged" } as const;
  expect(findLostUpdates([first, ...writes], new Map([["counter", end.id]]))).toEqual([]);
});
