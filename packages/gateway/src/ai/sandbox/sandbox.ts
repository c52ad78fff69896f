/**
 * The sandbox: a provider inside the gateway that needs no key and no network and answers the same every time, so that a
 * first call works at once and a test can rely on it. `sandbox/echo` says what the last user message said, word by word in
 * a stream; with tools it calls one where tool_choice asks for it or the message names it, and asked for JSON it says what fits
 * the schema. `sandbox/error-429` (any status from 400 to 599) answers with that error. May import the conversation model only.
 */
import type { Answer, Usage } from "../conversation/answer.ts";
import type { AssistantPart, UserPart } from "../conversation/content.ts";
import type { Conversation, Message } from "../conversation/conversation.ts";
import type { DecodingContext } from "../conversation/dialect.ts";
import { errorKindOfStatus } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { exampleOf } from "./example-value.ts";
import { structuredText } from "./structured-text.ts";
import { countTokens } from "./token-count.ts";
import { toolsToCall } from "./tools-to-call.ts";

/** The answer of the sandbox's model to the conversation. */
export function sandboxAnswer(conversation: Conversation, model: string, context: DecodingContext): Answer | ProviderError {
  const wanted = /^error-([45]\d\d)$/.exec(model);
  if (wanted) return sandboxError(Number(wanted[1]));
  if (model !== "echo") return { ...sandboxError(404), message: `the sandbox has the model echo, and error-400 to error-599; it has no ${model}` };
  const calls = toolsToCall(conversation);
  const said = structuredText(echo(conversation), conversation.responseFormat);
  const parts: AssistantPart[] = calls.map((tool) => ({ type: "tool-call", id: context.makeId("call_"), name: tool.name, arguments: JSON.stringify(exampleOf(tool.parameters ?? {})) }));
  if (parts.length === 0) parts.push({ type: "text", text: limited(said, conversation.maxOutputTokens) });
  const usage = usageOf(conversation, parts);
  const isCut = calls.length === 0 && usage.outputTokens === conversation.maxOutputTokens && countTokens(said) > usage.outputTokens;
  const unified = calls.length > 0 ? "tool-calls" : isCut ? "length" : "stop";
  return { id: context.makeId("sandbox-"), model, choices: Array.from({ length: conversation.choiceCount ?? 1 }, () => ({ parts, finish: { unified, raw: unified } })), usage };
}

function sandboxError(status: number): ProviderError {
  const message = `the sandbox was asked for an error with status ${status}`;
  return { kind: errorKindOfStatus(status), status, message, raw: { error: { message, type: "sandbox_error", param: null, code: null } }, ...(status === 429 && { retryAfterMs: 1000 }) };
}

function echo(conversation: Conversation): string {
  const last = conversation.messages.at(-1);
  if (last?.role === "tool") return last.parts.map((result) => `${result.name ?? result.callId}: ${result.content.map((part) => describePart(part)).join(" ")}`).join("\n");
  const said = conversation.messages.findLast((message) => message.role === "user");
  return said ? said.parts.map(describePart).join("\n") : "";
}

function describePart(part: UserPart): string {
  if (part.type === "text") return part.text;
  if (part.type === "native") return `[${part.kind}]`;
  const { source } = part;
  if (source.type === "text") return source.text;
  if (source.type === "url") return `[${part.type} at ${source.url}]`;
  if (source.type === "file") return `[${part.type} of file ${source.fileId}]`;
  return `[${part.type}: ${source.mediaType}, ${Math.floor((source.data.length * 3) / 4) - paddingOf(source.data)} bytes]`;
}

function paddingOf(base64: string): number {
  return base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
}

/** Words up to the caller's limit. */
function limited(text: string, maxTokens: number | undefined): string {
  if (maxTokens === undefined || countTokens(text) <= maxTokens) return text;
  return (text.match(/\s*\S+/g) ?? []).slice(0, maxTokens).join("");
}

function usageOf(conversation: Conversation, parts: readonly AssistantPart[]): Usage {
  const inputTokens = conversation.messages.reduce((sum, message) => sum + countTokens(textOf(message)), 0);
  const outputTokens = parts.reduce((sum, part) => sum + countTokens(part.type === "text" ? part.text : part.type === "tool-call" ? part.arguments : ""), 0);
  return { inputTokens, outputTokens };
}

function textOf(message: Message): string {
  switch (message.role) {
    case "system":
    case "user":
      return message.parts.map(describePart).join("\n");
    case "assistant":
      return message.parts.map((part) => (part.type === "text" ? part.text : part.type === "tool-call" ? `${part.name} ${part.arguments}` : "")).join("\n");
    case "tool":
      return message.parts.map((result) => result.content.map(describePart).join("\n")).join("\n");
  }
}
