import { describe, expect, it } from "vitest";
import { gzipSync } from "node:zlib";
import { acceptsProblem } from "./accepts-problem.ts";
import { decoded } from "./content-coding.ts";
import { compileLockScope, resourcePath } from "./resource-path.ts";
import { upstreamRefusal } from "./upstream-refusal.ts";
import { isRefusal, parseWriteTokens } from "./write-tokens.ts";

it("takes two spellings of one path for one resource, and an escaped slash for no slash", () => {
  expect(resourcePath("/%6Eotes/%7e7")).toBe("/notes/~7");
  expect(resourcePath("/notes/a%2fb")).toBe("/notes/a%2Fb");
  expect(resourcePath("/notes/caf%c3%a9")).toBe("/notes/caf%C3%A9");
});

it.each([
  ["resource", "/orders/7/items/1", "/orders/7/items/1"],
  ["resource", "/orders//7///items/1", "/orders/7/items/1"],
  ["resource", "/orders/7/", "/orders/7"],
  ["resource", "/", "/"],
  ["parent", "/orders/7/items/", "/orders/7"],
  ["parent", "/orders/7//items//1", "/orders/7/items"],
  ["parent", "/orders/7/items/1", "/orders/7/items"],
  ["/{id}/**", "/orders/7/items/1", "/orders/7"],
  ["/orders/{id}/**", "/orders/7", "/orders/7"],
  ["/orders/{id}", "/orders/7/items/1", "/orders/7"],
  ["/{id}/**", "/orders", "/orders"],
])("scope %s locks for %s what it covers", (scope, path, locked) => {
  expect(compileLockScope(scope, "/orders")(path)).toBe(locked);
});

it.each<[string | undefined, boolean]>([
  ["application/problem+json", true],
  ["text/html, Application/Problem+JSON ; charset=utf-8;q=0.1, */*", true],
  ["application/problem+json;q=0.001", true],
  ["application/problem+json;q=0", false],
  ["application/problem+json; q=0.000, application/json", false],
  ["application/x-application/problem+json", false],
  ["application/problem+jsonp", false],
  ["*/*", false],
  ["", false],
  [undefined, false],
])("problem details are read by who accepts %s: %s", (accept, expected) => {
  expect(acceptsProblem(accept)).toBe(expected);
});

it("takes codings off, and never more than the cap", () => {
  const bytes = Buffer.alloc(100_000, "a");
  expect(decoded(gzipSync(bytes), "gzip", 100_000)?.equals(bytes)).toBe(true);
  expect(decoded(gzipSync(bytes), "gzip", 99_999)).toBeNull();
  expect(decoded(bytes, "gzip", 100_000)).toBeNull();
  expect(decoded(bytes, "unheard-of", 100_000)).toBeNull();
});

describe("an upstream's refusal", () => {
  const said = (body: string, contentType = "application/json"): string | null => upstreamRefusal({ status: 409, rawHeaders: ["Content-Type", contentType], body: Buffer.from(body) }, { busy: [], isStale: () => false, nowMs: 0 }).code;
  it("is named by the upstream's own word for it", () => {
    expect(said('{"code":"DuplicateName","message":"x"}')).toBe("DuplicateName");
    expect(said('{"error":{"code":"AnotherOperationInProgress"}}')).toBe("AnotherOperationInProgress");
    expect(said("taken\nmore", "text/plain")).toBe("taken");
    expect(said("<html>", "text/html")).toBeNull();
  });
  it("is busy where a pattern fits", () => {
    const busy = [{ status: 409, body: "InProgress" }];
    expect(upstreamRefusal({ status: 409, rawHeaders: [], body: Buffer.from("AnotherOperationInProgress") }, { busy, isStale: () => false, nowMs: 0 }).busy).toBe(true);
    expect(upstreamRefusal({ status: 412, rawHeaders: [], body: Buffer.from("AnotherOperationInProgress") }, { busy, isStale: () => false, nowMs: 0 }).busy).toBe(false);
  });
});

it("reads keys quoted and bare, and refuses what is neither", () => {
  const key = (value: string): unknown => {
    const tokens = parseWriteTokens({ "idempotency-key": value });
    return isRefusal(tokens) ? tokens.code : tokens.idempotencyKey;
  };
  expect([key('"a b"'), key("abc-1"), key(String.raw`"a\"b"`)]).toEqual(["a b", "abc-1", 'a"b']);
  for (const bad of ['""', '"a', "a b", "x".repeat(256), '"\u00e9"']) expect(key(bad)).toBe("idempotency-key-malformed");
});
