/** Which of the tools the sandbox calls: those that the caller forces, or that the last user message names. */
import type { Conversation, Tool } from "../conversation/conversation.ts";

type FunctionTool = Extract<Tool, { type: "function" }>;

export function toolsToCall(conversation: Conversation): readonly FunctionTool[] {
  const choice = conversation.toolChoice ?? { type: "auto" };
  const last = conversation.messages.at(-1);
  if (choice.type === "none" || last?.role === "tool") return [];
  const tools = conversation.tools.filter((tool) => tool.type === "function");
  if (choice.type === "tool") return tools.filter((tool) => tool.name === choice.name);
  const allowed = choice.type === "allowed" ? tools.filter((tool) => choice.names.includes(tool.name)) : tools;
  const said = last?.role === "user" ? last.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n") : "";
  const named = allowed.filter((tool) => said.includes(tool.name));
  const isForced = choice.type === "required" || (choice.type === "allowed" && choice.required);
  const called = named.length === 0 && isForced ? allowed.slice(0, 1) : named;
  return conversation.parallelToolCalls === false ? called.slice(0, 1) : called;
}
