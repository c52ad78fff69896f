import { describe, expect, it } from "vitest";
import { parseError } from "./error.ts";

function google(code: number, status: string, message: string, details: object[] = []) {
  return { error: { code, status, message, details } } as never;
}

describe("an error of Gemini's", () => {
  it("says when to come back", () => {
    const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" };
    const error = parseError(429, google(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", [{ "@type": "…QuotaFailure", violations: [] }, retry]));
    expect(error).toMatchObject({ kind: "rate-limited", status: 429, type: "RESOURCE_EXHAUSTED", retryAfterMs: 34_500 });
  });

  it.each([
    [400, google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [{ reason: "API_KEY_INVALID" }]), "authentication"],
    [400, google(400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."), "context-length"],
    [400, google(400, "INVALID_ARGUMENT", "Unknown name"), "invalid-request"],
    [403, google(403, "PERMISSION_DENIED", "no"), "permission"],
    [404, google(404, "NOT_FOUND", "models/x is not found"), "not-found"],
    [503, google(503, "UNAVAILABLE", "The model is overloaded."), "overloaded"],
    [504, google(504, "DEADLINE_EXCEEDED", "late"), "timeout"],
    [500, google(500, "INTERNAL", "an internal error"), "server"],
    [502, "<html><title>Error 502</title></html>" as never, "server"],
  ])("of status %i is told apart", (status, body, kind) => {
    expect(parseError(status, body)).toMatchObject({ status, kind, raw: body });
  });

  it("is read from the list that a stream without events has", () => {
    expect(parseError(404, [{ error: { code: 404, status: "NOT_FOUND", message: "gone" } }])).toMatchObject({ kind: "not-found", message: "gone" });
  });

  it("shows nothing of a page", () => {
    expect(parseError(502, "<html>secret</html>").message).not.toContain("secret");
  });
});
