/** A write in a content coding is the write that is in it: merged, given its version, and found again as any other. */
import { createHash } from "node:crypto";
import { brotliCompressSync, gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
const gzipped = { "content-encoding": "gzip" };
const ofTheBody = ["content-encoding", "content-digest", "repr-digest", "content-md5"];

describe("a write of gzip that meets another change", () => {
  it.each<[string, Record<string, string>, string]>([
    ["PUT", {}, '{"title":"new","shade":"red"}'],
    ["PATCH", { "content-type": "application/merge-patch+json" }, '{"title":"new"}'],
    ["PATCH", { "content-type": "application/json-patch+json" }, '[{"op":"replace","path":"/title","value":"new"}]'],
  ])("%s is merged, and goes out without the coding and the digests of what it was (%o)", async (method, type, body) => {
    const { call, kept, upstream } = await start({ mode: "require", strategy: "merge" });
    const path = "/notes/7";
    kept.set("/7", '{"title":"old","shade":"red"}');
    const { etag } = await call("GET", path);
    await call("PUT", path, { key: "bob-key", headers: { "if-match": (await call("GET", path, { key: "bob-key" })).etag }, body: { title: "old", shade: "blue" } });
    const coded = gzipSync(body);
    const digest = `sha-256=:${createHash("sha256").update(coded).digest("base64")}:`;
    const answer = await call(method, path, { headers: { "if-match": etag, ...gzipped, ...type, "content-digest": digest, "repr-digest": digest }, body: coded });
    const sent = upstream.requests.at(-1);
    expect(answer.status).toBe(method === "PUT" ? 200 : 204);
    expect([sent?.method, ofTheBody.filter((name) => sent?.headers[name] !== undefined)]).toEqual([method, []]);
    expect(method === "PUT" ? JSON.parse(String(sent?.body)) : sent?.body).toEqual(method === "PUT" ? { title: "new", shade: "blue" } : body);
  });

  it("is refused with what both changed where they overlap", async () => {
    const { call, kept } = await start({ mode: "require", strategy: "merge" });
    kept.set("/7", '{"n":1}');
    const { etag } = await call("GET", "/notes/7");
    kept.set("/7", '{"n":2}');
    const answer = await call("PUT", "/notes/7", { headers: { "if-match": etag, ...gzipped }, body: gzipSync('{"n":3}') });
    expect([answer.status, answer.body]).toMatchObject([412, { code: "merge-overlap", conflicts: [{ pointer: "/n", base: 1, theirs: 2, yours: 3 }] }]);
  });

  it.each([["a coding that nobody knows", "rot13", Buffer.from("x")], ["a body that is not in its coding", "gzip", Buffer.from('{"n":3}')], ["a body that goes on behind its end", "zstd", Buffer.concat([zstdCompressSync('{"n":3}'), zstdCompressSync(" ")])]])("is refused as a change meanwhile in %s", async (_, coding, body) => {
    const { call, kept } = await start({ mode: "require", strategy: "merge" });
    kept.set("/7", '{"n":1}');
    const { etag } = await call("GET", "/notes/7");
    kept.set("/7", '{"n":2}');
    for (const type of ["application/json", "application/merge-patch+json"]) {
      const method = type === "application/json" ? "PUT" : "PATCH";
      const answer = await call(method, "/notes/7", { headers: { "if-match": etag, "content-encoding": coding, "content-type": type }, body });
      expect([answer.status, answer.body["code"]]).toEqual([412, "concurrent-modification"]);
    }
    expect(kept.get("/7")).toBe('{"n":2}');
  });
});

it("a write that meets nothing goes out in its coding, byte for byte", async () => {
  const { call, kept, upstream } = await start({ mode: "require", strategy: "merge" });
  kept.set("/7", '{"n":1}');
  for (const [coding, body] of [["gzip", gzipSync('{"n":2}')], ["br", brotliCompressSync('{"n":3}')], ["rot13", Buffer.from("x")]] as const) {
    const { etag } = await call("GET", "/notes/7");
    expect((await call("PUT", "/notes/7", { headers: { "if-match": etag, "content-encoding": coding, "content-digest": "sha-256=:AA==:" }, body })).status).toBe(204);
    const sent = upstream.requests.at(-1);
    expect([sent?.headers["content-encoding"], sent?.headers["content-digest"], sent?.body]).toEqual([coding, "sha-256=:AA==:", body.toString("latin1")]);
  }
});

it("an upstream that compares a version in the document gets it in a coded write too", async () => {
  const { call, kept, upstream } = await start({ mode: "require", validator: "field:/version" });
  kept.set("/7", '{"title":"old","version":4}');
  const { etag } = await call("GET", "/notes/7");
  expect((await call("PUT", "/notes/7", { headers: { "if-match": etag, ...gzipped, "content-digest": "sha-256=:AA==:" }, body: gzipSync('{"title":"new"}') })).status).toBe(204);
  expect([upstream.requests.at(-1)?.headers["content-encoding"], upstream.requests.at(-1)?.headers["content-digest"], JSON.parse(String(kept.get("/7")))]).toEqual([undefined, undefined, { title: "new", version: 4 }]);
});

it("a coded write whose answer was lost is found to be applied", async () => {
  const guarded = await start({ mode: "enforce", locks: { delay: "100ms" } }, { upstream: { timeouts: { firstByte: "20s" } } });
  guarded.kept.set("/7", '{"n":1}');
  const { etag } = await guarded.call("GET", "/notes/7");
  guarded.interfere = (request, _response, written) => {
    if (request.method !== "PUT") return false;
    guarded.kept.set("/7", gunzipSync(Buffer.from(written, "latin1")).toString());
    return Boolean(request.socket.destroy());
  };
  const lost = await guarded.call("PUT", "/notes/7", { headers: { "if-match": etag, ...gzipped }, body: gzipSync('{"n":2}') });
  expect([lost.status, lost.body["outcome"]]).toEqual([504, "unknown"]);
  const instance = new URL(String(lost.body["instance"])).pathname;
  await expect.poll(async () => (await guarded.call("GET", instance)).body["found"], { timeout: 15_000, interval: 100 }).toMatchObject({ outcome: "applied" });
});

it.each([["gzip", gzipSync('{"n":2}')], ["rot13", Buffer.from("x")]])("a write in %s that a busy upstream refused is sent again as it was", async (coding, body) => {
  const guarded = await start({ mode: "enforce", strategy: "retry", busy: [{ status: 409, body: "later" }] });
  let isFirst = true;
  guarded.interfere = (request, response) => {
    if (request.method !== "PUT" || !isFirst) return false;
    isFirst = false;
    return Boolean(response.writeHead(409).end("later"));
  };
  expect((await guarded.call("PUT", "/notes/7", { headers: { "content-encoding": coding }, body })).status).toBe(201);
  const puts = guarded.upstream.requests.filter(({ method }) => method === "PUT");
  expect(puts.map((put) => [put.headers["content-encoding"], put.body])).toEqual(Array(2).fill([coding, body.toString("latin1")]));
});
