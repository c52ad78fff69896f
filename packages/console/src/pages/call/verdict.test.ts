import type { CallRecord } from "@parley/contract/call-record";
import { expect, test } from "vitest";
import { verdictOf } from "./verdict.ts";

const base: CallRecord = {
  id: "1", at: 0, worker: 0, service: "notes", kind: "http", method: "GET", path: "/notes/7", clientAddress: "::1",
  status: 200, durationMs: 12, requestBytes: 0, responseBytes: 10, attempts: 1, upstream: "http://127.0.0.1:9001",
};

test("an answer says who, what and how fast", () => {
  expect(verdictOf(base)).toBe("http://127.0.0.1:9001 answered 200 in 12 ms.");
});

test("an AI answer says tokens and price", () => {
  expect(verdictOf({ ...base, kind: "ai", provider: "openai", model: "gpt-5-mini", outputTokens: 120, costUsd: 0.0003, durationMs: 1200 })).toBe(
    "openai's gpt-5-mini answered with 120 tokens in 1.20 s for $0.00030.",
  );
});

test("a refusal names its cause in words", () => {
  const { upstream: _, ...refused } = base;
  expect(verdictOf({ ...refused, status: 401, error: "unknown-key", attempts: 0, durationMs: 1.5 })).toBe("401 after 1.5 ms. The gateway refused it: the key is unknown, expired or revoked.");
});

test("a success after a failover says what had failed before", () => {
  const attemptLog = [{ target: "anthropic", startMs: 0, durationMs: 5, failure: "connect-failure" }, { target: "openai", startMs: 5, durationMs: 7, status: 200 }];
  expect(verdictOf({ ...base, attempts: 2, attemptLog })).toBe("http://127.0.0.1:9001 answered 200 in 12 ms, on attempt 2; anthropic had failed (connect-failure).");
});

test("a name that would turn the direction of writing leaves the sentence around it as it is", () => {
  const { upstream: _, ...asked } = base;
  expect(verdictOf({ ...asked, kind: "ai", provider: "far", model: "a\u202Eb\u2067c\u2069" })).toBe("far's a\\u{202e}b\\u{2067}c\\u{2069} answered in 12 ms.");
});

test("a client that went away is not the upstream's fault", () => {
  expect(verdictOf({ ...base, status: 499, cutBy: "client", durationMs: 2100 })).toBe("The client went away after 2.10 s, before an answer began.");
});
