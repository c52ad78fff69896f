/** The turns of a request, whichever dialect it is in: they are told apart by their members. */
import { isObject, listOf, type Part, partsOf, someText, textOf, toolCall, toolResult, type Turn } from "./said.ts";

/** Null where the body is no conversation. */
export function turnsOfRequest(body: unknown): Turn[] | null {
  if (!isObject(body)) return null;
  const instructions = body["system"] ?? body["instructions"] ?? (isObject(body["systemInstruction"]) ? body["systemInstruction"]["parts"] : isObject(body["system_instruction"]) ? body["system_instruction"]["parts"] : undefined);
  const turns = turnsOf(body);
  if (turns === null) return null;
  const system = partsOf(instructions);
  return [...(system.length > 0 ? [{ who: "system" as const, parts: system }] : []), ...turns];
}

function turnsOf(body: Record<string, unknown>): Turn[] | null {
  if (Array.isArray(body["messages"])) return body["messages"].flatMap(turnOfMessage);
  if (Array.isArray(body["contents"])) return body["contents"].flatMap(turnOfMessage);
  if (typeof body["input"] === "string" && (body["model"] === undefined || !isEmbedding(body))) return [{ who: "user", parts: partsOf(body["input"]) }];
  if (Array.isArray(body["input"]) && body["input"].some(isObject)) return body["input"].flatMap(turnOfItem);
  if (typeof body["prompt"] === "string") return [{ who: "user", parts: partsOf(body["prompt"]) }];
  if (isObject(body["variables"])) return [{ who: "user", parts: Object.entries(body["variables"]).map(([name, value]): Part => ({ kind: "text", text: `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}` })) }];
  return null;
}

function isEmbedding(body: Record<string, unknown>): boolean {
  return /embed|moderation|tts|voyage/i.test(textOf(body["model"]));
}

const roles: Record<string, Turn["who"]> = { system: "system", developer: "system", user: "user", assistant: "assistant", model: "assistant", tool: "tool", function: "tool" };

/** Chat completions, messages, Converse, Ollama; Gemini's contents have parts. */
export function turnOfMessage(message: unknown): Turn[] {
  if (!isObject(message)) return [];
  const who = roles[textOf(message["role"])] ?? "user";
  if (who === "tool") return [{ who, parts: [toolResult(message)] }];
  const calls = listOf(message["tool_calls"]).flatMap((call) => (isObject(call) && isObject(call["function"]) ? [toolCall(call["function"])] : []));
  const reasoning = someText("reasoning", textOf(message["reasoning_content"]) || textOf(message["reasoning"]));
  const parts = [...reasoning, ...partsOf(message["content"] ?? message["parts"]), ...someText("refusal", textOf(message["refusal"])), ...calls];
  return parts.length === 0 ? [] : [{ who, parts }];
}

/** An item of the responses API. */
export function turnOfItem(item: unknown): Turn[] {
  if (typeof item === "string") return [{ who: "user", parts: partsOf(item) }];
  if (!isObject(item)) return [];
  switch (item["type"]) {
    case "function_call":
    case "custom_tool_call":
      return [{ who: "assistant", parts: [toolCall(item)] }];
    case "function_call_output":
    case "custom_tool_call_output":
      return [{ who: "tool", parts: [toolResult(item)] }];
    case "reasoning": {
      const parts = partsOf(item["summary"]).map(({ text }): Part => ({ kind: "reasoning", text }));
      return parts.length === 0 ? [] : [{ who: "assistant", parts }];
    }
    default:
      return turnOfMessage(item);
  }
}
