/** A PUT with Content-Range writes a part: refused where the service has not said that it takes parts, and never judged as if the part were the whole. */
import { describe, expect, it } from "vitest";
import { inParts, part, type SaidPart, startOdata } from "../batches/multipart/odata-upstream.test-support.ts";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
const startBatches = stoppedAfterEach(startOdata);
const range = { "content-range": "bytes 0-6/14" };

it.each<[string, string, Record<string, string>]>([
  ["a PUT with Content-Range", "PUT", {}],
  ["a POST in its name", "POST", { "x-http-method-override": "PUT" }],
])("%s is refused by that name, and nothing of it is sent", async (_what, method, headers) => {
  const { call, kept, upstream } = await start({ mode: "enforce" });
  kept.set("/7", '{"n":1,"m":22}');
  const { etag } = await call("GET", "/notes/7");
  for (const named of [{}, { "if-match": etag }, { "if-match": "*" }] as Record<string, string>[]) {
    expect(await call(method, "/notes/7", { headers: { ...headers, ...range, ...named }, body: '{"n":2}' })).toMatchObject({ status: 400, body: { code: "partial-put" } });
  }
  expect([kept.get("/7"), upstream.requests.filter((request) => request.method !== "GET")]).toEqual(['{"n":1,"m":22}', []]);
});

it("a part of a batch that is one is refused by that name, and the others are carried out", async () => {
  const { send, tag, kept } = await startBatches({ mode: "enforce", partialPut: "pass", batches: [inParts] as never });
  kept.set("/1", '{"n":1,"m":22}');
  const { parts } = await send([part("PUT 1", { "Content-Range": "bytes 0-6/14", "If-Match": await tag("1") }, { body: { n: 2 } }), part("PUT 2", {}, { body: { n: 2 } })]);
  expect([(parts[0] as SaidPart).status, (parts[0] as SaidPart).problem["code"], (parts[1] as SaidPart).status]).toEqual([400, "partial-put", 201]);
  expect(kept.get("/1")).toBe('{"n":1,"m":22}');
});

describe("where the service takes parts", () => {
  it("goes out as it came under a current tag, and is refused under an older one, never merged", async () => {
    const { call, kept, upstream } = await start({ mode: "require", strategy: "merge", partialPut: "pass" });
    kept.set("/7", '{"n":1,"m":22}');
    const { etag } = await call("GET", "/notes/7");
    expect((await call("PUT", "/notes/7", { headers: range, body: '{"n":2}' })).status).toBe(428);
    expect((await call("PUT", "/notes/7", { headers: { ...range, "if-match": etag }, body: '{"n":2}' })).status).toBe(204);
    const sent = upstream.requests.at(-1);
    expect([sent?.headers["content-range"], sent?.body]).toEqual(["bytes 0-6/14", '{"n":2}']);
    // Only as a whole document would it merge: nobody else has touched /n.
    kept.set("/7", '{"n":1,"m":33}');
    expect(await call("PUT", "/notes/7", { headers: { ...range, "if-match": etag }, body: '{"n":2}' })).toMatchObject({ status: 412, body: { code: "concurrent-modification" } });
    expect(upstream.requests.filter(({ method, headers }) => method === "GET" && headers["content-range"] !== undefined)).toEqual([]);
  });

  it("equal bytes of another range are another request to an Idempotency-Key", async () => {
    const { call, kept } = await start({ mode: "enforce", partialPut: "pass" });
    kept.set("/7", '{"n":1,"m":22}');
    const put = (contentRange: string) => call("PUT", "/notes/7", { headers: { "content-range": contentRange, "idempotency-key": '"k"' }, body: "1" });
    expect((await put("bytes 5-5/14")).status).toBe(204);
    expect((await put("bytes 5-5/14")).headers.get("idempotency-replayed")).toBe("true");
    expect(await put("bytes 9-9/14")).toMatchObject({ status: 422, body: { code: "idempotency-payload-mismatch" } });
  });

  it("a resource that shows the part alone after a lost answer does not say that the write is applied", async () => {
    const guarded = await start({ mode: "enforce", partialPut: "pass", locks: { delay: "100ms" } }, { upstream: { timeouts: { firstByte: "20s" } } });
    guarded.kept.set("/7", '{"n":1,"m":22}');
    const { etag } = await guarded.call("GET", "/notes/7");
    guarded.interfere = (request, _response, written) => {
      if (request.method !== "PUT") return false;
      guarded.kept.set("/7", written);
      return Boolean(request.socket.destroy());
    };
    const lost = await guarded.call("PUT", "/notes/7", { headers: { ...range, "if-match": etag }, body: '{"n":2}' });
    const instance = new URL(String(lost.body["instance"])).pathname;
    await expect.poll(async () => (await guarded.call("GET", instance)).body["found"], { timeout: 15_000, interval: 100 }).toMatchObject({ outcome: "diverged" });
  });
});
