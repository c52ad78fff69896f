/** A response has a status, and a reason where it is incomplete. */
import type { FinishReason } from "../../conversation/answer.ts";
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function parseFinish(response: JsonObject, calledTools: boolean): FinishReason {
  const status = asText(response["status"]) ?? "";
  if (status === "incomplete") {
    const raw = asText(asObject(response["incomplete_details"])?.["reason"]) ?? status;
    return { unified: raw === "max_output_tokens" ? "length" : raw === "content_filter" ? "content-filter" : "unknown", raw };
  }
  if (status !== "completed") return { unified: "unknown", raw: status };
  return { unified: calledTools ? "tool-calls" : "stop", raw: status };
}

/** The provider goes on with a response of this status. */
export function isUnfinished(status: string | undefined): boolean {
  return status === "queued" || status === "in_progress";
}

export interface WrittenFinish {
  readonly status: "completed" | "incomplete" | "failed";
  readonly incomplete_details: JsonObject | null;
  readonly error: JsonObject | null;
}

export function writeFinish(reason: FinishReason | undefined): WrittenFinish {
  switch (reason?.unified) {
    case "length":
      return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, error: null };
    case "content-filter":
    // A model that is stopped, not one that declines in words: that completes its answer.
    case "refusal":
      return { status: "incomplete", incomplete_details: { reason: "content_filter" }, error: null };
    case "error":
      return { status: "failed", incomplete_details: null, error: { code: "server_error", message: `the model ended its answer with ${reason.raw}` } };
    case "stop":
    case "stop-sequence":
    case "tool-calls":
    case "pause":
    case "unknown":
    case undefined:
      return { status: "completed", incomplete_details: null, error: null };
  }
}
