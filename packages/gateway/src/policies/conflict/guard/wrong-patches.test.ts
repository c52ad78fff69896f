/** Patches that are to be merged and cannot be: each is refused with what is wrong with it, and nothing is written. */
import { expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);
const jsonPatch = "application/json-patch+json";

it.each<[string, string, string, number, string, RegExp]>([
  ["no JSON", "application/merge-patch+json", "{", 400, "malformed-patch", /no JSON/],
  ["no list of operations", jsonPatch, '{"op":"remove","path":"/a"}', 400, "malformed-patch", /array of operations/],
  ["a path that is no pointer", jsonPatch, '[{"op":"add","path":"a","value":1}]', 400, "malformed-patch", /operation 0/],
  ["an operation that there is not", jsonPatch, '[{"op":"test","path":"/a","value":1},{"op":"swap","path":"/a"}]', 400, "malformed-patch", /operation 1/],
  ["a place that is not there", jsonPatch, '[{"op":"remove","path":"/none"}]', 422, "patch-not-applicable", /\/none/],
  ["a test that fails on what its client had read", jsonPatch, '[{"op":"test","path":"/a","value":2}]', 422, "patch-not-applicable", /operation 0 \(test/],
])("a patch with %s", async (_what, contentType, body, status, code, detail) => {
  const { call, kept } = await start({ mode: "require", strategy: "merge" });
  kept.set("/7", '{"a":1,"b":1}');
  const { etag } = await call("GET", "/notes/7");
  await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": (await call("GET", "/notes/7", { key: "bob-key" })).etag }, body: { a: 1, b: 2 } });
  const answer = await call("PATCH", "/notes/7", { headers: { "if-match": etag, "content-type": contentType }, body });
  expect([answer.status, answer.body, kept.get("/7")]).toMatchObject([status, { code, detail: expect.stringMatching(detail) as string }, '{"a":1,"b":2}']);
});
