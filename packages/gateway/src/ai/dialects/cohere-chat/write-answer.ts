/** Writes an answer as Cohere's v2 chat has it. */
import type { Answer, FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";

export function writeCohereAnswer(answer: Answer, context: EncodingContext): JsonObject {
  const [choice] = answer.choices;
  const usage = writeCohereUsage(answer.usage);
  return { id: answer.id ?? context.callId, finish_reason: choice ? writeCohereFinish(choice.finish) : "COMPLETE", message: writeMessage(choice?.parts ?? []), ...(usage && { usage }) };
}

/** A text before calls is Cohere's plan. */
function writeMessage(parts: readonly AssistantPart[]): JsonDraft {
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [{ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments === "" ? "{}" : part.arguments } }] : []));
  const content: JsonObject[] = [];
  const citations: JsonObject[] = [];
  let plan = "";
  for (const part of parts) {
    if (part.type === "reasoning" && part.text !== "") content.push({ type: "thinking", thinking: part.text });
    if (part.type === "audio" && part.transcript) content.push({ type: "text", text: part.transcript });
    if (part.type !== "text" && part.type !== "refusal") continue;
    if (calls.length > 0) plan += part.text;
    else content.push({ type: "text", text: part.text });
    if (part.type === "text") citations.push(...(part.citations ?? []).map((citation) => writeCohereCitation(citation, { text: part.text, item: Math.max(0, content.length - 1) })));
  }
  const message: JsonDraft = { role: "assistant" };
  if (content.length > 0) message["content"] = content;
  if (plan !== "") message["tool_plan"] = plan;
  if (calls.length > 0) message["tool_calls"] = calls;
  if (citations.length > 0) message["citations"] = citations;
  return message;
}

/** One without positions holds for the whole of its text. */
export function writeCohereCitation(citation: Citation, { text, item }: { text: string; item: number }): JsonObject {
  if (citation.dialect === "cohere-chat") return citation.raw;
  const start = Math.max(0, citation.startIndex ?? 0);
  const end = citation.endIndex ?? text.length;
  const document: JsonDraft = {};
  if (citation.title !== undefined) document["title"] = citation.title;
  if (citation.url !== undefined) document["url"] = citation.url;
  if (citation.citedText !== undefined) document["text"] = citation.citedText;
  return { start, end, text: text.slice(start, end), content_index: item, type: "TEXT_CONTENT", sources: [{ type: "document", id: citation.url ?? citation.title ?? "", document }] };
}

export function writeCohereFinish(reason: FinishReason): string {
  switch (reason.unified) {
    case "stop":
    case "pause":
    case "unknown":
      return "COMPLETE";
    case "stop-sequence":
      return "STOP_SEQUENCE";
    case "length":
      return "MAX_TOKENS";
    case "tool-calls":
      return "TOOL_CALL";
    case "content-filter":
    case "refusal":
    case "error":
      return "ERROR";
  }
}

export function writeCohereUsage(usage: Usage | undefined): JsonObject | undefined {
  if (!usage) return undefined;
  const counts = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
  const { imageInputTokens, reasoningTokens } = usage;
  const all = { ...counts, ...(imageInputTokens !== undefined && { image_tokens: imageInputTokens }), ...(reasoningTokens !== undefined && { reasoning_tokens: reasoningTokens }) };
  return { billed_units: counts, tokens: all, ...(usage.cacheReadTokens !== undefined && { cached_tokens: usage.cacheReadTokens }) };
}
