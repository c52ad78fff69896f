/** A stream of chat completion chunks, put together to an answer; and an answer that is no stream, because it is a refusal. */
import { eventStreamReader } from "../../api/event-stream.ts";
import type { Answer, ToolCall } from "./conversation.ts";

interface Chunk {
  choices?: { delta?: Delta; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
  error?: unknown;
}

interface Delta {
  content?: string | null;
  refusal?: string | null;
  reasoning_content?: string | null;
  reasoning?: string | null;
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[];
}

/** Takes text as it comes; gives the answer as it stands then. Chunks that are none are passed over. */
export function chatStreamReader(): (answer: Answer, piece: string) => Answer {
  const read = eventStreamReader();
  return (answer, piece) => read(piece).reduce((before, { data }) => (data === "[DONE]" ? before : withChunk(before, parsed(data))), answer);
}

function withChunk(answer: Answer, chunk: Chunk | null): Answer {
  if (!chunk) return answer;
  if (chunk.error !== undefined) return { ...answer, state: "failed", problem: problemOfBody(JSON.stringify(chunk), answer.head?.status ?? 0) };
  const choice = chunk.choices?.[0];
  const { usage } = chunk;
  return {
    ...answer,
    state: "coming",
    text: answer.text + (choice?.delta?.content ?? choice?.delta?.refusal ?? ""),
    reasoning: answer.reasoning + (choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? ""),
    toolCalls: (choice?.delta?.tool_calls ?? []).reduce(withToolCall, answer.toolCalls),
    finishReason: choice?.finish_reason ?? answer.finishReason,
    usage: usage ? { input: usage.prompt_tokens ?? 0, output: usage.completion_tokens ?? 0 } : answer.usage,
  };
}

function withToolCall(calls: readonly ToolCall[], piece: NonNullable<Delta["tool_calls"]>[number]): readonly ToolCall[] {
  const index = piece.index ?? calls.length;
  const known = calls[index] ?? { id: "", name: "", arguments: "" };
  return calls.toSpliced(index, 1, { id: piece.id ?? known.id, name: piece.function?.name ?? known.name, arguments: known.arguments + (piece.function?.arguments ?? "") });
}

/** The gateway's refusals have a code and a fix beside the dialect's own members; a problem document has them at its top. */
export function problemOfBody(body: string, status: number): NonNullable<Answer["problem"]> {
  const document = parsed(body) as Record<string, unknown> | null;
  const error = typeof document?.["error"] === "object" && document["error"] !== null ? (document["error"] as Record<string, unknown>) : (document ?? {});
  const text = (...names: string[]): string => names.map((name) => error[name]).find((value) => typeof value === "string" && value !== "") as string | undefined ?? "";
  return { title: text("title") || `Refused with ${status}`, detail: text("detail", "message") || body.slice(0, 500), fix: text("fix"), code: text("code", "type") || String(status), status, members: {} };
}

function parsed(text: string): Chunk | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
