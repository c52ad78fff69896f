import type { CallRecord } from "@parley/contract/call-record";
import { expect, test } from "vitest";
import { callLine } from "./call-line.ts";
import { inert, inertJson } from "./inert-text.ts";

test("nothing in a call moves the cursor, colours, hides or turns round what a terminal shows", () => {
  const hostile = "/a\u001b[2J\u009b31m\r\n\u0007\u202eb\u2028\u0000\ud800";
  const call: CallRecord = { id: "c", at: 0, worker: 0, service: hostile, kind: "http", method: "GET\u001b", path: hostile, clientAddress: "", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1, consumer: hostile, error: hostile };
  const line = callLine(call);
  expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  expect(line).toContain(String.raw`/a\u{1b}[2J\u{9b}31m\u{d}\u{a}\u{7}\u{202e}b\u{2028}\u{0}\u{d800}`);
});

test("ordinary text of any language stays as it is", () => {
  expect(inert("/ä€😀/日本 <b>")).toBe("/ä€😀/日本 <b>");
});

test("JSON stays the same JSON, without a character that a terminal would act on", () => {
  const value = { path: "\u009b31m\u202e\u2028\u007f\u001b[0m", lone: "\ud800" };
  const written = inertJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(written)).toEqual(value);
  expect(written.replaceAll("\n", "")).toMatch(/^[ -~]*$/);
});
