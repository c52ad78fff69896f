import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallRecord } from "../call-record.ts";
import { matcherOf } from "./matches.ts";
import { parseQuery } from "./parse.ts";
import type { Query, QueryError } from "./query.ts";
import { term } from "./write.ts";

const now = Date.parse("2026-11-22T12:00:00Z");
const call: CallRecord = {
  id: "c1", at: now - 30 * 60_000, worker: 0, service: "notes", kind: "http", method: "PUT", path: "/notes/7", clientAddress: "127.0.0.1", status: 409, durationMs: 750, requestBytes: 2_048, responseBytes: 10, attempts: 1,
  consumer: "acme", cause: "lost-update", modelRequested: "openai/gpt-5-mini", errorDetail: 'it is "odd"',
};

function read(text: string): Query {
  const parsed = parseQuery(text, now);
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join("; "));
  return parsed.query;
}

function errorsOf(text: string): QueryError[] {
  const parsed = parseQuery(text, now);
  return parsed.ok ? [] : parsed.errors;
}

const finds = (text: string): boolean => matcherOf(read(text))(call);

describe("a query finds", () => {
  test.each([
    "", "service:notes", "status:409", "status:4xx", "status:error", "status:500,409", "status:400..499", "status:400..", "status:..409", "status:4xx..5xx", "status:..4xx", "status:>=4xx", "status:<=4XX", "status:<5xx", "status:>=409", "-status:<409", "latency:>500ms", "latency:<1s", "latency:700..800",
    "cause:lost-update", "cause:*", "-error:*", "method:put", "-method:GET", "model:openai/*", "model:*mini", "path:/notes/*", 'path:"/notes/7"', "requestbytes:2KiB", "at:>-1h", "at:-1h..now", "at:2026-11-22", "at:2026-11-22T11:30:00Z",
    '"it is \\"odd\\""', "acme", "ACME", "-other", "SERVICE:notes", "resource:/notes/7", "service:notes status:409 -consumer:other", "path:/no*es*7", "/notes/7", "-conflict:*",
  ])("the call with %s", (text) => expect(finds(text)).toBe(true));

  test.each([
    "service:other", "status:2xx", "-status:409", "latency:>1s", "latency:<=749.9", "cause:busy", "-cause:*", "error:*", "model:anthropic/*", "path:/notes", "path:/notes/7*7", "at:<-1h", "at:2026-11-21", "nothing", "-acme", "status:>409", "status:>4xx", "status:<4xx", "status:5xx..", "method:GET,DELETE",
  ])("no call with %s", (text) => expect(finds(text)).toBe(false));
});

describe("what cannot be read is told with its place and never dropped", () => {
  test.each([
    ["servce:notes", { from: 0, to: 6, suggestion: "service" }],
    ["service:notes statsu:409", { from: 14, to: 20, suggestion: "status" }],
    ["latency:>fast", { from: 8, to: 13, suggestion: "500ms" }],
    ["status:600..500", { from: 7, to: 15, suggestion: "500..600" }],
    ["status:5xx..4xx", { from: 7, to: 15, suggestion: "4xx..5xx" }],
    ["status:abc", { from: 7, to: 10 }],
    ["status:409,,412", { message: "there is nothing between two commas" }],
    ["service:", { from: 0, to: 8 }],
    ['"open', { from: 0, to: 5, suggestion: '"open"' }],
    ["-", { from: 0, to: 1 }],
    ["at:yesterday", { from: 3, to: 12, suggestion: "-1h" }],
    ["stream:maybe", { from: 7, suggestion: "true" }],
    ["status:..", { message: "a range has at least one end" }],
  ])("%s", (text, error) => expect(errorsOf(text)[0]).toMatchObject(error));

  test("every mistake at once", () => expect(errorsOf("foo:1 status:x bar:2")).toHaveLength(3));

  test("and length, terms and lists have bounds", () => {
    expect(errorsOf("a".repeat(4_001))).toHaveLength(1);
    expect(errorsOf("a ".repeat(51))).toHaveLength(1);
    expect(errorsOf(`status:${"409,".repeat(101)}409`).length).toBeGreaterThan(0);
  });
});

test("any text is either read or refused, and never breaks", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const parsed = parseQuery(text, now);
    if (parsed.ok) matcherOf(parsed.query)(call);
    else expect(parsed.errors.every(({ from, to }) => from >= 0 && to >= from && to <= text.length)).toBe(true);
  }));
});

test("a term that was written finds what it was written of, whatever the value", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), (consumer) => {
    expect(matcherOf(read(term("consumer", consumer)))({ ...call, consumer })).toBe(true);
    expect(matcherOf(read(`-${term("consumer", consumer)}`))({ ...call, consumer })).toBe(false);
  }));
});

test("a pattern with many stars is answered at once", () => {
  const path = `/${"a".repeat(2_000)}`;
  const begun = performance.now();
  expect(matcherOf(read(`path:*${"a*".repeat(100)}b`))({ ...call, path })).toBe(false);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
