/** Ways in which a write could get past the guard without being meant to: another method's name, another spelling of the path, another resource's query. */
import { describe, expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);

describe("a POST that asks to be taken for another method", () => {
  it.each([["X-HTTP-Method-Override", "PUT"], ["x-http-method", "MERGE"], ["X-Method-Override", "put"]])("needs a precondition as that one (%s: %s)", async (name, method) => {
    const { call, kept, upstream } = await start({ mode: "require" });
    kept.set("/7", '{"n":1}');
    const { etag } = await call("GET", "/notes/7");
    expect((await call("POST", "/notes/7", { headers: { [name]: method }, body: { n: 2 } })).status).toBe(428);
    expect((await call("POST", "/notes/7", { headers: { [name]: method, "if-match": '"1-AAAAAAAAAAAAAAAAAAAAAA"' }, body: { n: 2 } })).status).toBe(412);
    expect(upstream.requests.every((request) => request.method === "GET" && request.headers[name.toLowerCase()] === undefined)).toBe(true);
    await call("POST", "/notes/7", { headers: { [name]: method, "if-match": etag }, body: { n: 2 } });
    expect([upstream.requests.at(-1)?.method, upstream.requests.at(-1)?.headers[name.toLowerCase()]]).toEqual(["POST", method.trim()]);
  });

  it("minds a lease as that one, and stays a create where it asks for something else", async () => {
    const { call, kept } = await start({ mode: "require" });
    kept.set("/7", '{"n":1}');
    await call("LOCK", "/notes/7", { key: "bob-key" });
    expect((await call("POST", "/notes/7", { headers: { "x-http-method-override": "DELETE", "if-match": "*" } })).status).toBe(423);
    expect((await call("POST", "/notes", { headers: { "x-http-method-override": "POST" }, body: { n: 2 } })).status).toBe(201);
  });
});

it.each([
  ["PUT", {}], ["PATCH", {}], ["DELETE", {}], ["POST", { "x-http-method-override": "DELETE" }],
] as [string, Record<string, string>][])("%s is guarded whatever media type it names, that of gRPC too (%o)", async (method, headers) => {
  const { call, kept, upstream } = await start({ mode: "require" });
  kept.set("/7", '{"n":1}');
  for (const type of ["application/grpc", "application/grpc+proto", "application/grpc;x=1"]) {
    const answer = await call(method, "/notes/7", { headers: { "content-type": type, ...headers }, body: { n: 2 } });
    expect([answer.status, answer.headers.get("grpc-status")]).toEqual(method === "POST" ? [200, "9"] : [428, null]);
  }
  expect([kept.get("/7"), upstream.requests.filter((request) => request.method !== "GET")]).toEqual(['{"n":1}', []]);
});

it("a lease holds for the path with a slash at its end, which many services take for the same", async () => {
  const { call, kept } = await start({ mode: "require" });
  for (const path of ["/7", "/7/"]) kept.set(path, '{"n":1}');
  expect((await call("LOCK", "/notes/7", { key: "bob-key" })).status).toBe(200);
  expect((await call("PUT", "/notes/7/", { headers: { "if-match": "*" }, body: { n: 2 } })).status).toBe(423);
  expect((await call("LOCK", "/notes/7/")).status).toBe(423);
});

describe("resources that a query names", () => {
  it.each(["shared", "exclusive"] as const)("the tag of one is another resource's to the next, also where both are there (writers: %s)", async (writers) => {
    const guarded = await start({ mode: "require", writers });
    const kept = new Map([["/doc?id=7", '{"n":7}'], ["/doc?id=8", '{"n":8}']]);
    guarded.interfere = (request, response, body) => {
      if (request.method === "PUT") kept.set(request.url ?? "", body);
      return Boolean(response.writeHead(200, { "Content-Type": "application/json" }).end(kept.get(request.url ?? "")));
    };
    const { etag } = await guarded.call("GET", "/notes/doc?id=8");
    const seven = await guarded.call("GET", "/notes/doc?id=7");
    const answer = await guarded.call("PUT", "/notes/doc?id=7", { headers: { "if-match": etag }, body: { n: 77 } });
    expect([answer.status, answer.body, kept.get("/doc?id=7")]).toMatchObject([412, { cause: "version-mismatch", subcause: "other-resource" }, '{"n":7}']);
    expect((await guarded.call("PUT", "/notes/doc?id=7", { headers: { "if-match": seven.etag }, body: { n: 77 } })).status).toBe(200);
    expect((await guarded.call("PUT", "/notes/doc?id=8", { headers: { "if-match": etag }, body: { n: 88 } })).status).toBe(200);
  });
});
