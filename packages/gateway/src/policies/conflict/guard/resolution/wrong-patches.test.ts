/** Patches that are to be merged and cannot be: each is refused with what is wrong with it, and nothing is written. */
import { expect, it } from "vitest";
import { startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
const jsonPatch = "application/json-patch+json";

it.each<[string, { contentType: string; body: string }, { status: number; code: string; detail: RegExp }]>([
  ["no JSON", { contentType: "application/merge-patch+json", body: "{" }, { status: 400, code: "malformed-patch", detail: /no JSON/ }],
  ["no list of operations", { contentType: jsonPatch, body: '{"op":"remove","path":"/a"}' }, { status: 400, code: "malformed-patch", detail: /array of operations/ }],
  ["a path that is no pointer", { contentType: jsonPatch, body: '[{"op":"add","path":"a","value":1}]' }, { status: 400, code: "malformed-patch", detail: /operation 0/ }],
  ["an operation that there is not", { contentType: jsonPatch, body: '[{"op":"test","path":"/a","value":1},{"op":"swap","path":"/a"}]' }, { status: 400, code: "malformed-patch", detail: /operation 1/ }],
  ["a place that is not there", { contentType: jsonPatch, body: '[{"op":"remove","path":"/none"}]' }, { status: 422, code: "patch-not-applicable", detail: /\/none/ }],
  ["a test that fails on what its client had read", { contentType: jsonPatch, body: '[{"op":"test","path":"/a","value":2}]' }, { status: 422, code: "patch-not-applicable", detail: /operation 0 \(test/ }],
])("a patch with %s", async (_what, { contentType, body }, { status, code, detail }) => {
  const { call, kept } = await start({ mode: "require", strategy: "merge" });
  kept.set("/7", '{"a":1,"b":1}');
  const { etag } = await call("GET", "/notes/7");
  await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": (await call("GET", "/notes/7", { key: "bob-key" })).etag }, body: { a: 1, b: 2 } });
  const answer = await call("PATCH", "/notes/7", { headers: { "if-match": etag, "content-type": contentType }, body });
  expect([answer.status, answer.body, kept.get("/7")]).toMatchObject([status, { code, detail: expect.stringMatching(detail) as string }, '{"a":1,"b":2}']);
});

/** Kubernetes' own: lists merge by their members' names there, and `$patch` says how. */
it.each(["application/strategic-merge-patch+json", "application/json-patch-query+json", "application/scim+json"])("a patch of another format (%s) is not merged by the rules of RFC 7396, and the refusal claims nothing of it", async (contentType) => {
  const { call, kept } = await start({ mode: "require", strategy: "merge" });
  kept.set("/7", '{"a":1,"b":1}');
  const { etag } = await call("GET", "/notes/7");
  await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": (await call("GET", "/notes/7", { key: "bob-key" })).etag }, body: { a: 1, b: 2 } });
  const answer = await call("PATCH", "/notes/7", { headers: { "if-match": etag, "content-type": contentType }, body: { a: 2 } });
  expect([answer.status, answer.body, kept.get("/7")]).toMatchObject([412, { cause: "concurrent-modification", outcome: "not-applied" }, '{"a":1,"b":2}']);
  // What would have made it already applied, were it a merge patch.
  const same = await call("PATCH", "/notes/7", { headers: { "if-match": etag, "content-type": contentType }, body: { b: 2 } });
  expect(same.body).toMatchObject({ cause: "concurrent-modification" });
  expect((await call("PATCH", "/notes/7", { headers: { "if-match": (await call("GET", "/notes/7")).etag, "content-type": contentType }, body: { a: 2 } })).status).toBe(204);
});
