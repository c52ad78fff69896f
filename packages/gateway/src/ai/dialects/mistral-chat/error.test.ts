import { describe, expect, it } from "vitest";
import { parseError } from "./error.ts";

describe("an error of Mistral's", () => {
  it.each([
    [400, { object: "error", message: "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length", type: "invalid_request_prompt", code: "3051" }, "context-length", "3051"],
    [400, { object: "error", message: "Invalid model: x", type: "invalid_model", code: "1500" }, "not-found", "1500"],
    [429, { object: "error", message: "Service tier capacity exceeded for this model.", type: "service_tier_capacity_exceeded", code: "3505" }, "rate-limited", "3505"],
    [429, { message: "Requests rate limit exceeded" }, "rate-limited", undefined],
    [401, { detail: "Unauthorized" }, "authentication", undefined],
    [500, { object: "error", message: "Service unavailable.", type: "internal_server_error", code: 1000 }, "server", "1000"],
    [503, "<html>nginx</html>", "overloaded", undefined],
  ])("of status %i is told apart: %o", (status, body, kind, code) => {
    expect(parseError(status, body as never)).toMatchObject({ status, kind, code, raw: body });
  });

  it("names every complaint about the request and where it is", () => {
    const complaints = [
      { type: "missing", loc: ["body", "messages", 0, "content"], msg: "Field required" },
      { type: "extra_forbidden", loc: ["body", "user"], msg: "Extra inputs are not permitted" },
    ];
    const message = "messages.0.content: Field required; user: Extra inputs are not permitted";
    expect(parseError(422, { detail: complaints })).toMatchObject({ kind: "invalid-request", message, param: "messages.0.content" });
    expect(parseError(422, { object: "error", message: { detail: complaints }, type: "invalid_request_error" })).toMatchObject({ message });
  });

  it("shows nothing of a page", () => {
    expect(parseError(503, "<html>secret</html>").message).not.toContain("secret");
  });
});
