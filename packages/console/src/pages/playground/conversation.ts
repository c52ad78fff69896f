/** A conversation with one model, as it stands on the page, and as the request that goes on with it. */
import type { TryHead } from "../../api/try-call.ts";
import type { ShownProblem } from "../../api/problem-error.ts";

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
}

export interface Answer {
  role: "assistant";
  state: "waiting" | "coming" | "done" | "stopped" | "failed";
  text: string;
  reasoning: string;
  toolCalls: readonly ToolCall[];
  /** data: URLs of what a model has drawn or spoken. */
  pictures: readonly string[];
  sound: string | null;
  finishReason: string | null;
  usage: { input: number; output: number } | null;
  head: TryHead | null;
  /** Until the first word. */
  firstTextMs: number | null;
  wholeMs: number | null;
  problem: ShownProblem | null;
}

export interface Question {
  role: "user";
  text: string;
  /** data: URLs. */
  images: readonly string[];
}

export interface ToolResult {
  role: "tool";
  id: string;
  name: string;
  text: string;
}

export type Entry = Question | Answer | ToolResult;

export interface Parameters {
  system: string;
  temperature: number | null;
  maxTokens: number | null;
  /** A JSON array, as chat completions take it; empty for none. */
  tools: string;
}

export const noParameters: Parameters = { system: "", temperature: null, maxTokens: null, tools: "" };

export function newAnswer(): Answer {
  return { role: "assistant", state: "waiting", text: "", reasoning: "", toolCalls: [], pictures: [], sound: null, finishReason: null, usage: null, head: null, firstTextMs: null, wholeMs: null, problem: null };
}

/** Why the tools cannot be sent; null if they can. */
export function toolsFault(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    const tools: unknown = JSON.parse(text);
    if (!Array.isArray(tools)) return "It has to be an array of tools.";
    const nameless = tools.some((tool: unknown) => typeof (tool as { function?: { name?: unknown } } | null)?.function?.name !== "string");
    return nameless ? 'Each tool is { "type": "function", "function": { "name": … } }.' : null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A chat completions request. An answer that failed, or said nothing, is left out: the model never gave it. */
export function requestOf(model: string, entries: readonly Entry[], parameters: Parameters): Record<string, unknown> {
  const { system, temperature, maxTokens, tools } = parameters;
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...(system.trim() === "" ? [] : [{ role: "system", content: system }]), ...entries.flatMap(messageOf)],
    ...(temperature === null ? {} : { temperature }),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    ...(tools.trim() === "" ? {} : { tools: JSON.parse(tools) as unknown }),
  };
}

function messageOf(entry: Entry): Record<string, unknown>[] {
  switch (entry.role) {
    case "user":
      if (entry.images.length === 0) return [{ role: "user", content: entry.text }];
      return [{ role: "user", content: [{ type: "text", text: entry.text }, ...entry.images.map((url) => ({ type: "image_url", image_url: { url } }))] }];
    case "tool":
      return [{ role: "tool", tool_call_id: entry.id, content: entry.text }];
    case "assistant":
      if (entry.text === "" && entry.toolCalls.length === 0) return [];
      return [{ role: "assistant", content: entry.text || null, ...(entry.toolCalls.length === 0 ? {} : { tool_calls: entry.toolCalls.map(({ id, name, arguments: text }) => ({ id, type: "function", function: { name, arguments: text } })) }) }];
  }
}

/** The tools that the last answer called and that have no result yet. */
export function openToolCalls(entries: readonly Entry[]): readonly ToolCall[] {
  const last = entries.at(-1);
  return last?.role === "assistant" && last.state === "done" ? last.toolCalls : [];
}
