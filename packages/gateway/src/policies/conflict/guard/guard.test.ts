import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(async (...parameters: Parameters<typeof startGuarded>) => {
  const guarded = await startGuarded(...parameters);
  guarded.kept.set("/7", '{"title":"one","shade":"red"}');
  return guarded;
});

describe("reads", () => {
  it("get a strong tag made from their bytes where the upstream has none or a weak one, and 304 when it is sent back", async () => {
    for (const etag of ["none", "weak"] as const) {
      const { call } = await start({ mode: "enforce" }, { etag });
      const first = await call("GET", "/notes/7");
      expect(first.etag).toMatch(/^"\d+-[\w-]{22}"$/);
      expect((await call("GET", "/notes/7")).etag).toBe(first.etag);
      const head = await call("HEAD", "/notes/7");
      expect([head.status, head.etag, head.text]).toEqual([200, first.etag, ""]);
      const again = await call("GET", "/notes/7", { headers: { "if-none-match": first.etag } });
      expect([again.status, again.etag, again.text]).toEqual([304, first.etag, ""]);
      expect((await call("GET", "/notes/7", { headers: { "if-none-match": first.etag.replace(/"$/, '-gzip"') } })).status).toBe(304);
    }
  });

  it("keep the upstream's own strong tag", async () => {
    const { call } = await start({ mode: "enforce" }, { etag: "strong" });
    const first = await call("GET", "/notes/7");
    expect(first.etag).toMatch(/^"[0-9a-f]{12}"$/);
    expect((await call("GET", "/notes/7", { headers: { "if-none-match": first.etag } })).status).toBe(304);
  });

  it("of a coded body get the tag of what is in it, with the coding's suffix", async () => {
    const guarded = await start({ mode: "enforce" });
    const { call } = guarded;
    const plain = await call("GET", "/notes/7", { headers: { "accept-encoding": "identity" } });
    guarded.interfere = (request, response) => {
      if (request.method !== "GET" || request.headers["accept-encoding"] === "identity") return false;
      response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" }).end(gzipSync('{"title":"one","shade":"red"}'));
      return true;
    };
    const coded = await call("GET", "/notes/7", { headers: { "accept-encoding": "gzip" } });
    expect([coded.text, digestIn(coded.etag)]).toEqual([plain.text, digestIn(plain.etag).replace(/"$/, '-gzip"')]);
    expect((await call("PUT", "/notes/7", { headers: { "if-match": coded.etag }, body: { title: "two" } })).status).toBe(204);
  });

  it("of more than the cap stream without a tag, and cannot be written where a precondition is required", async () => {
    const { call, kept } = await start({ mode: "require", maxBody: "1KiB" });
    kept.set("/7", JSON.stringify({ text: "x".repeat(5_000) }));
    const large = await call("GET", "/notes/7");
    expect([large.status, large.text.length, large.etag]).toEqual([200, 5_011, ""]);
    const refused = await call("PUT", "/notes/7", { headers: { "if-match": '"a"' }, body: {} });
    // Reading it again gives no tag either, so that is not what it is told to do.
    expect([refused.status, refused.body]).toMatchObject([428, { subcause: "untagged", retry: { strategy: "none" }, fix: expect.stringContaining("conflict.maxBody") as string }]);
    expect((refused.body["next"] as { curl: string }).curl).not.toContain("If-Match");
    const huge = { text: "y".repeat(50_000) };
    expect((await call("PUT", "/notes/huge", { headers: { "if-none-match": "*" }, body: huge })).status).toBe(201);
    expect(JSON.parse(String(kept.get("/huge")))).toEqual(huge);
  });

  it("are not told another consumer's tag", async () => {
    const { call } = await start({ mode: "enforce" });
    expect((await call("GET", "/notes/7")).etag).not.toBe((await call("GET", "/notes/7", { key: "bob-key" })).etag);
  });
});

describe("a tag that one consumer hands to another", () => {
  it("holds as long as both see the same and nothing was changed, and no longer", async () => {
    const { call, kept } = await start({ mode: "require" });
    const ann = await call("GET", "/notes/7");
    expect((await call("GET", "/notes/7", { key: "bob-key", headers: { "if-none-match": ann.etag } })).status).toBe(304);
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": ann.etag }, body: { title: "two" } })).status).toBe(204);
    expect(JSON.parse(String(kept.get("/7")))).toEqual({ title: "two" });
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": ann.etag }, body: { title: "three" } })).status).toBe(412);
  });

  it("does not hold where the upstream shows them different things", async () => {
    const guarded = await start({ mode: "require" });
    const { call } = guarded;
    guarded.interfere = (request, response) => {
      if (request.method !== "GET") return false;
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ shownTo: request.headers["parley-consumer"] }));
      return true;
    };
    const ann = await call("GET", "/notes/7");
    const bob = await call("GET", "/notes/7", { key: "bob-key" });
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": ann.etag }, body: {} })).status).toBe(412);
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": bob.etag }, body: {} })).status).toBe(204);
  });
});

describe("writes", () => {
  it("go through with the current tag and are refused with an older one, saying who changed what", async () => {
    const { call, kept } = await start({ mode: "require" });
    const ann = await call("GET", "/notes/7");
    const bob = await call("GET", "/notes/7", { key: "bob-key" });
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": bob.etag }, body: { title: "two", shade: "red" } })).status).toBe(204);
    const refused = await call("PUT", "/notes/7", { headers: { "if-match": ann.etag }, body: { title: "mine", shade: "red" } });
    expect(refused.status).toBe(412);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(refused.body).toMatchObject({
      code: "concurrent-modification", cause: "concurrent-modification", subcause: "by-consumer", origin: "gateway", outcome: "not-applied", retryable: false,
      expected: [ann.etag], current: { changedBy: "bob" }, changes: [{ op: "replace", path: "/title", value: "two" }],
    });
    expect(refused.headers.get("proxy-status")).toBe("parley; error=http_request_error");
    expect(kept.get("/7")).toBe('{"title":"two","shade":"red"}');
    const current = await call("GET", "/notes/7");
    expect(digestIn(refused.etag)).toBe(digestIn(current.etag));
    expect((await call("PUT", "/notes/7", { headers: { "if-match": refused.etag }, body: { title: "mine", shade: "red" } })).status).toBe(204);
  });

  it("look at the resource once behind a read that nobody has written since, and again where somebody has while they looked", async () => {
    const guarded = await start({ mode: "require" });
    const { call, kept, upstream } = guarded;
    const looks = (): number => upstream.requests.filter(({ method }) => method === "GET").length;
    const ann = await call("GET", "/notes/7");
    const before = looks();
    expect((await call("PUT", "/notes/7", { headers: { "if-match": ann.etag }, body: { title: "two" } })).status).toBe(204);
    expect(looks() - before).toBe(1);
    // A read within the millisecond in which a write ended may have seen either state, and proves nothing.
    await setTimeout(5);
    const next = await call("GET", "/notes/7");
    const bobWrites = async (): Promise<number> => (await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": (await call("GET", "/notes/7", { key: "bob-key" })).etag }, body: { title: "bob's" } })).status;
    let bobs: number | null = null;
    guarded.interfere = async (request, response) => {
      if (request.method !== "GET" || request.headers["parley-consumer"] !== "ann" || bobs !== null) return false;
      // Ann's look has seen the state before Bob's write, and comes back after it.
      const seen = kept.get("/7");
      bobs = 0;
      bobs = await bobWrites();
      response.writeHead(200, { "Content-Type": "application/json" }).end(seen);
      return true;
    };
    const refused = await call("PUT", "/notes/7", { headers: { "if-match": next.etag }, body: { title: "three" } });
    expect([bobs, refused.status, refused.body["cause"]]).toEqual([204, 412, "concurrent-modification"]);
    expect(kept.get("/7")).toBe('{"title":"bob\'s"}');
  });
});

/** Without the revision, which a read does not wait for where the ledger is slow to say it. */
function digestIn(etag: string): string {
  return etag.slice(etag.indexOf("-"));
}
