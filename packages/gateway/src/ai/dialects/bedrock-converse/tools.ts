/** Tools and the choice among them. */
import type { Conversation, Tool } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { withCache } from "./messages.ts";

export function writeToolConfig(conversation: Conversation, notes: TranslationNotes): JsonObject | undefined {
  const { toolChoice: choice } = conversation;
  const called = calledTools(conversation);
  if (conversation.tools.length === 0) {
    if (choice?.type === "required" || choice?.type === "tool") refuseParameter("invalid-request", "tool_choice", "tool_choice asks for a tool, and there are no tools");
    return called.size === 0 ? undefined : rememberedTools(called, notes);
  }
  if (conversation.parallelToolCalls === false) notes.dropped("parallel_tool_calls", "Bedrock has no switch for it and may call several tools in one answer");
  if (choice?.type === "none") {
    if (called.size === 0) {
      notes.dropped("tools", "Bedrock cannot be told to call none, so the tools were left out");
      return undefined;
    }
    notes.changed("tool_choice", "Bedrock cannot forbid tools that the conversation has used, so they were offered");
  }
  const offered = choice?.type === "allowed" ? conversation.tools.filter((tool) => tool.type === "native" || choice.names.includes(tool.name)) : conversation.tools;
  return { tools: offered.flatMap((tool) => writeTool(tool, notes)), toolChoice: writeChoice(conversation) };
}

/** Bedrock refuses calls in the history of tools that the request does not know. */
function calledTools({ messages }: Conversation): Set<string> {
  const names = new Set<string>();
  for (const message of messages) {
    if (message.role === "assistant") for (const part of message.parts) if (part.type === "tool-call") names.add(part.name);
  }
  return names;
}

function rememberedTools(names: ReadonlySet<string>, notes: TranslationNotes): JsonObject {
  notes.added("tools", "Bedrock wants the tools of earlier turns named; they were sent without their schemas");
  return { tools: [...names].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: "object", properties: {} } } } })) };
}

function writeTool(tool: Tool, notes: TranslationNotes): JsonObject[] {
  switch (tool.type) {
    case "function": {
      const json = tool.parameters?.["type"] === undefined ? { type: "object", properties: {}, ...tool.parameters } : tool.parameters;
      return withCache({ toolSpec: { name: tool.name, description: tool.description || undefined, inputSchema: { json }, strict: tool.strict || undefined } }, tool.cache);
    }
    case "custom":
      return notes.unsupported("tools", `Bedrock's tools take JSON, and ${tool.name} takes free text`);
    case "native":
      return tool.dialect === "bedrock-converse" ? [tool.definition] : notes.unsupported("tools", `the tool ${tool.kind} runs at another provider`);
  }
}

function writeChoice({ toolChoice: choice }: Conversation): JsonObject | undefined {
  switch (choice?.type) {
    case "required":
      return { any: {} };
    case "tool":
      return { tool: { name: choice.name } };
    case "allowed":
      return choice.required ? { any: {} } : { auto: {} };
    case "auto":
      return { auto: {} };
    case "none":
    case undefined:
      return undefined;
  }
}
