import type { FinishReason } from "../../conversation/answer.ts";

/** https://ai.google.dev/api/generate-content#FinishReason */
const unifiedReasons: Readonly<Record<string, FinishReason["unified"]>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  CONTINUATION: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  LANGUAGE: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  IMAGE_SAFETY: "content-filter",
  IMAGE_PROHIBITED_CONTENT: "content-filter",
  IMAGE_RECITATION: "content-filter",
  MALFORMED_FUNCTION_CALL: "error",
  MALFORMED_RESPONSE: "error",
  MISSING_THOUGHT_SIGNATURE: "error",
  UNEXPECTED_TOOL_CALL: "error",
  TOO_MANY_TOOL_CALLS: "error",
  NO_IMAGE: "error",
  IMAGE_OTHER: "error",
};

/** Gemini says STOP after a tool call as well. */
export function finishReason(raw: string, calledTools: boolean): FinishReason {
  const unified = unifiedReasons[raw] ?? "unknown";
  return { unified: unified === "stop" && calledTools ? "tool-calls" : unified, raw };
}

/** The provider's own word where it is one of Google's. */
export function ownFinishReason({ unified, raw }: FinishReason): string | undefined {
  return unifiedReasons[raw] === unified ? raw : undefined;
}

/** The prompt was blocked, so there is no candidate. */
export function blockedPrompt(blockReason: string): FinishReason {
  return { unified: "content-filter", raw: blockReason };
}

const callKey = Buffer.from('"functionCall"');

/** Whether an answer's bytes have a call in them; some servers write null for what is not there. */
export function holdsCall(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(callKey); at !== -1; at = bytes.indexOf(callKey, at + callKey.length)) {
    if (/^\s*:\s*\{/.test(bytes.toString("latin1", at + callKey.length, at + callKey.length + 16))) return true;
  }
  return false;
}
