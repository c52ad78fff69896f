/** Where the upstream does not show what is there, nothing is said of it that nobody has seen, and nothing is written. */
import { expect, it } from "vitest";
import { startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);

it.each<[number, Record<string, string>, { status: number; code: string; retryAfter: string | null }]>([
  [429, { "Retry-After": "7" }, { status: 503, code: "upstream-refused", retryAfter: "7" }],
  [503, {}, { status: 503, code: "upstream-refused", retryAfter: "1" }],
  [500, {}, { status: 502, code: "upstream-broken", retryAfter: null }],
  [408, {}, { status: 502, code: "upstream-broken", retryAfter: null }],
  [403, {}, { status: 412, code: "concurrent-modification", retryAfter: null }],
  [301, { Location: "/elsewhere" }, { status: 412, code: "concurrent-modification", retryAfter: null }],
])("%i at the look before a write is told as what it is (%j)", async (shown, fields, expected) => {
  const guarded = await start({ mode: "require" });
  guarded.kept.set("/7", '{"n":1}');
  const { etag } = await guarded.call("GET", "/notes/7");
  guarded.interfere = (request, response) => request.method === "GET" && Boolean(response.writeHead(shown, fields).end());
  for (const method of ["PUT", "DELETE"]) {
    const { status, headers, body } = await guarded.call(method, "/notes/7", { headers: { "if-match": etag }, ...(method === "PUT" ? { body: { n: 2 } } : {}) });
    expect({ status, code: body["code"], retryAfter: headers.get("retry-after") }).toEqual(expected);
    expect([body["detail"], "cause" in body]).toEqual([expect.stringContaining(` ${shown} `) as string, expected.status === 412]);
  }
  expect([guarded.kept.get("/7"), guarded.upstream.requests.every(({ method }) => method === "GET")]).toEqual(['{"n":1}', true]);
});
