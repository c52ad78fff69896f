/**
 * The request that makes a call again. The record keeps neither queries nor keys: the key is a variable. Where the call had a
 * body and it is not kept whole, a small one of the right shape stands in its place.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { type SnippetLanguage, snippetLanguages, type SnippetRequest } from "../../snippets/http-snippets.ts";
import { webSocketLanguages } from "../../snippets/websocket-snippets.ts";
import type { KeptBody } from "./kept-bodies.ts";

/** Whether it asked for a connection that goes on, a model's in real time too. */
export function isWebSocket({ kind, status }: Pick<CallRecord, "kind" | "status">): boolean {
  return kind === "websocket" || status === 101;
}

export function languagesOf(call: CallRecord): readonly SnippetLanguage[] {
  return isWebSocket(call) ? webSocketLanguages : snippetLanguages;
}

export function repetitionOf(call: CallRecord, gatewayUrl: string, kept: KeptBody | null): SnippetRequest {
  return {
    method: call.method,
    url: `${gatewayUrl}${call.path}`,
    // An unknown key was refused, and is refused again.
    key: call.consumer !== undefined || call.error === "unknown-key" ? "variable" : null,
    body: kept?.text ?? bodyOf(call),
    ...(kept === null || kept.contentType === "" ? {} : { contentType: kept.contentType }),
  };
}

function bodyOf(call: CallRecord): string | null {
  if (call.requestBytes === 0) return null;
  if (call.kind !== "ai") return "{}";
  const stream = call.stream ? { stream: true } : {};
  return JSON.stringify({ model: call.modelRequested ?? "sandbox/echo", messages: [{ role: "user", content: "Hello" }], ...stream });
}
