import { expect, test } from "vitest";
import type { ConflictRecord } from "../conflicts/record.ts";
import { conflictMatcherOf, foreignToConflicts, soleValue } from "./conflicts.ts";
import { parseQuery } from "./parse.ts";
import type { Query } from "./query.ts";

const record: ConflictRecord = {
  id: "a".repeat(32), at: 1_700_000_000_000, state: "prevented", service: "notes", resource: "/notes/7", method: "PUT", callId: "call-1", consumer: "ann", consumers: ["ann", "bob"], status: 412,
  detail: "It was changed by bob.", cause: "concurrent-modification", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, retry: { strategy: "refetch" }, expected: ['"1-a"'],
};

function queryOf(text: string): Query {
  const parsed = parseQuery(text, 0);
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  return parsed.query;
}

test.each([
  ["", true], ["service:notes", true], ["service:other", false], ["service:other,notes", true], ["path:/notes/*", true], ["resource:/notes/8", false], ["consumer:bob", true], ["consumer:ann consumer:bob", true],
  ["-consumer:bob", false], ["-consumer:zoe", true], ["consumer:zoe", false], ["status:4xx", true], ["status:409", false], ["cause:concurrent-modification method:PUT", true], ["conditional:yes", true],
  ["changed", true], ["-changed", false], ['"by zoe"', false], ["call:call-1", true], ["upstreamstatus:*", false], ["-upstreamstatus:*", true], ["at:1699999999999..1700000000001", true], ["at:1700000000001..", false],
])("%s fits: %s", (text, fits) => {
  expect(conflictMatcherOf(queryOf(text))(record)).toBe(fits);
});

test("what no conflict has is named, and what a query surely asks for is known", () => {
  const query = queryOf("service:notes latency:>5ms -model:* consumer:a,b path:/notes/*");
  expect(foreignToConflicts(query).map(({ field }) => field)).toEqual(["latency", "model"]);
  expect([soleValue(query, "service"), soleValue(query, "consumer"), soleValue(query, "path"), soleValue(queryOf("-service:notes"), "service")]).toEqual(["notes", null, null, null]);
});
