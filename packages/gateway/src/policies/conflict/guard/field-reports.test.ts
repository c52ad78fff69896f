/** What people went through with conflicts elsewhere, each as a scene: here it ends well, or is explained. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
const document = { title: "one", shade: "red" };

it("a registry that says 409 to a publish that had succeeded: the answer says that it is there already", async () => {
  const all = await start({ mode: "enforce" });
  all.interfere = (request, response, body) => {
    if (request.method !== "PUT") return false;
    all.kept.set("/7", body);
    return Boolean(response.writeHead(409, { "Content-Type": "application/json" }).end('{"error":"version already exists"}'));
  };
  const answer = await all.call("PUT", "/notes/7", { body: document, headers: { accept: "application/problem+json" } });
  expect([answer.status, answer.body]).toMatchObject([409, { cause: "already-applied", outcome: "applied", retryable: false }]);
});

it("a retry without a new GET fails as the first did, says so, and the tag that it names works", async () => {
  const all = await start({ mode: "require" });
  all.kept.set("/7", JSON.stringify(document));
  const { etag } = await all.call("GET", "/notes/7");
  all.kept.set("/7", '{"title":"theirs"}');
  const put = (tag: string) => all.call("PUT", "/notes/7", { body: document, headers: { "if-match": tag } });
  const [first, again] = [await put(etag), await put(etag)];
  expect([first.status, again.status, again.body["retryable"], again.body["retry"]]).toEqual([412, 412, false, { strategy: "refetch" }]);
  expect((await put(again.etag)).status).toBe(204);
});

it("a transient 409 and a final one do not look alike", async () => {
  const all = await start({ mode: "enforce", busy: [{ status: 409, body: "InProgress" }] });
  const conflict = async (said: string) => {
    all.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409).end(said));
    return (await all.call("PUT", "/notes/7", { body: document, headers: { accept: "application/problem+json" } })).body;
  };
  expect(await conflict("AnotherOperationInProgress")).toMatchObject({ cause: "busy", retryable: true, retry: { strategy: "wait" } });
  expect(await conflict("NameTaken: already exists")).toMatchObject({ cause: "state-mismatch", subcause: "duplicate", retryable: false, retry: { strategy: "none" } });
  const relayed = async (said: string, fields: Record<string, string> = {}) => {
    all.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409, fields).end(said));
    const answer = await all.call("PUT", "/notes/7", { body: document });
    return [answer.text, answer.headers.get("retry-after")];
  };
  expect(await relayed("AnotherOperationInProgress")).toEqual(["AnotherOperationInProgress", "1"]);
  expect(await relayed("AnotherOperationInProgress", { "Retry-After": "7" })).toEqual(["AnotherOperationInProgress", "7"]);
  expect(await relayed("NameTaken: already exists")).toEqual(["NameTaken: already exists", null]);
});

it("a refusal means the same in whatever coding it comes, and who asks for the diagnosis is told to wait as long as the upstream asks", async () => {
  const all = await start({ mode: "enforce", busy: [{ status: 409, body: "InProgress" }] });
  const refused = async (said: string, coding: (body: string) => Buffer, fields: Record<string, string>) => {
    all.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409, { "Content-Type": "application/json", ...fields }).end(coding(said)));
    const { body, headers } = await all.call("PUT", "/notes/7", { body: document, headers: { accept: "application/problem+json" } });
    return { ...body, retryAfter: headers.get("retry-after") } as Record<string, unknown>;
  };
  const plain = (body: string): Buffer => Buffer.from(body);
  const codings: [(body: string) => Buffer, Record<string, string>][] = [[plain, {}], [gzipSync, { "Content-Encoding": "gzip" }], [brotliCompressSync, { "Content-Encoding": "br" }]];
  for (const [coding, field] of codings) {
    expect(await refused('{"code":"AnotherOperationInProgress"}', coding, { ...field, "Retry-After": "7" })).toMatchObject({
      cause: "busy", retry: { strategy: "wait", afterMs: 7_000 }, retryAfter: "7", upstream: { status: 409, code: "AnotherOperationInProgress" },
    });
    expect(await refused('{"code":"duplicate key"}', coding, field)).toMatchObject({ cause: "state-mismatch", subcause: "duplicate", retryAfter: null, upstream: { code: "duplicate key" } });
    expect(await refused('{"code":"archived"}', coding, { ...field, "Retry-After": "60" })).toMatchObject({ cause: "state-mismatch", retry: { strategy: "none" }, retryAfter: "60" });
  }
  // What says nothing is not told on as "at once", in whatever way the rest of the gateway reads it.
  expect(await refused('{"code":"archived"}', plain, { "Retry-After": "-1" })).toMatchObject({ retryAfter: null });
  expect(await refused('{"code":"archived"}', plain, { "Retry-After": "1.5" })).toMatchObject({ retryAfter: "2" });
  const damaged = await refused("no gzip", plain, { "Content-Encoding": "gzip" });
  expect([damaged["cause"], damaged["upstream"]]).toEqual(["state-mismatch", { status: 409 }]);
});

it.each([
  ["GitHub's", { validator: "adapter:github" }, "7.json does not match; sha wasn't current"],
  ["another API's", { stale: [{ status: 422, body: "version is outdated" }] }, "the version is outdated"],
] as const)("%s stale version that arrives as 422 is a concurrent modification; any other 422 is the upstream's own affair", async (_whose, settings, said) => {
  const all = await start({ mode: "enforce", ...settings, stale: "stale" in settings ? [...settings.stale] : [] });
  all.kept.set("/7", '{"sha":"abc","title":"one"}');
  const put = async (message: string) => {
    all.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(422, { "Content-Type": "application/json" }).end(JSON.stringify({ message })));
    return all.call("PUT", "/notes/7", { body: document, headers: { accept: "application/problem+json" } });
  };
  const stale = await put(said);
  expect([stale.status, stale.body]).toMatchObject([422, { cause: "concurrent-modification", origin: "upstream", outcome: "not-applied", upstream: { status: 422 } }]);
  const other = await put("title is too long");
  expect([other.status, other.text]).toEqual([422, '{"message":"title is too long"}']);
});

it.each([
  ["by another consumer", "bob-key", { cause: "concurrent-modification", subcause: "by-consumer", current: { changedBy: "bob" }, changes: [{ op: "replace", path: "/title", value: "two" }] }],
  ["past the gateway", null, { cause: "concurrent-modification", subcause: "by-bypass", current: { changedBy: "bypass" } }],
  ["by nobody but its writer", "ann-key", { cause: "state-mismatch" }],
] as const)("a version that an upstream compares in the body, changed since the read %s: the 409 says so, though the write names no tag", async (_by, key, diagnosis) => {
  const all = await start({ mode: "enforce" });
  all.kept.set("/7", JSON.stringify(document));
  await all.call("GET", "/notes/7");
  const changed = { ...document, title: "two" };
  if (key === null) all.kept.set("/7", JSON.stringify(changed));
  else await all.call("PUT", "/notes/7", { key, body: changed });
  all.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409, { "Content-Type": "application/json" }).end('{"reason":"Document update conflict."}'));
  const refused = await all.call("PUT", "/notes/7", { body: { ...document, shade: "blue" }, headers: { accept: "application/problem+json" } });
  expect([refused.status, refused.body]).toMatchObject([409, { ...diagnosis, origin: "upstream", outcome: "not-applied" }]);
});

it("a sub-resource's tag on its parent is named as what it is", async () => {
  const all = await start({ mode: "require" });
  all.kept.set("/7", JSON.stringify(document));
  all.kept.set("/7/details", JSON.stringify({ ...document, of: 7 }));
  const { etag } = await all.call("GET", "/notes/7/details");
  const answer = await all.call("PUT", "/notes/7", { body: { title: "two" }, headers: { "if-match": etag } });
  expect([answer.status, answer.body]).toMatchObject([412, { cause: "version-mismatch", subcause: "other-resource" }]);
});

it("writers of disjoint fields all get through at the first try", { timeout: 30_000 }, async () => {
  const all = await start({ mode: "require", strategy: "merge" });
  all.kept.set("/7", '{"a":0,"b":0,"c":0,"d":0}');
  const { etag } = await all.call("GET", "/notes/7");
  const writes = ["a", "b", "c", "d"].map((name) => all.call("PUT", "/notes/7", { body: { a: 0, b: 0, c: 0, d: 0, [name]: 1 }, headers: { "if-match": etag } }));
  expect((await Promise.all(writes)).map(({ status }) => status).every((status) => status < 300)).toBe(true);
  expect(JSON.parse(String(all.kept.get("/7")))).toEqual({ a: 1, b: 1, c: 1, d: 1 });
});

it("a controller that is told that the object has been modified ends its loop with the tag that it was told", async () => {
  const all = await start({ mode: "require", validator: "adapter:kubernetes" });
  all.kept.set("/7", '{"metadata":{"resourceVersion":"10"},"n":0}');
  const { etag } = await all.call("GET", "/notes/7");
  all.kept.set("/7", '{"metadata":{"resourceVersion":"11"},"n":5}');
  const refused = await all.call("PUT", "/notes/7", { body: { metadata: { resourceVersion: "10" }, n: 1 }, headers: { "if-match": etag } });
  expect([refused.status, refused.etag, refused.body["changes"]]).toMatchObject([412, '"11"', expect.arrayContaining([{ op: "replace", path: "/n", value: 5 }])]);
  expect((await all.call("PUT", "/notes/7", { body: { metadata: {}, n: 6 }, headers: { "if-match": refused.etag } })).status).toBe(204);
  expect(JSON.parse(String(all.kept.get("/7")))).toEqual({ metadata: { resourceVersion: "11" }, n: 6 });
});
