/** Writes tools and the choice among them. */
import type { Conversation, Tool, ToolChoice } from "../../conversation/conversation.ts";
import type { JsonDraft, JsonValue } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { cacheControl } from "./write-parts.ts";

export function writeTools(conversation: Conversation, notes: TranslationNotes): JsonValue | undefined {
  const choice = conversation.toolChoice;
  // The API cannot allow some of the tools only, so only those are sent.
  const tools = choice?.type === "allowed" ? conversation.tools.filter((tool) => tool.type === "native" || choice.names.includes(tool.name)) : conversation.tools;
  return tools.length === 0 ? undefined : tools.map((tool) => writeTool(tool, notes));
}

function writeTool(tool: Tool, notes: TranslationNotes): JsonDraft {
  switch (tool.type) {
    case "function":
      return {
        name: tool.name,
        description: tool.description,
        input_schema: tool.parameters?.["type"] === undefined ? { type: "object", properties: {}, ...tool.parameters } : tool.parameters,
        strict: tool.strict || undefined,
        cache_control: cacheControl(tool.cache),
        ...membersFor("anthropic-messages", tool.own),
      };
    case "custom":
      return notes.unsupported("tools", `Anthropic's tools take JSON, and ${tool.name} takes free text`);
    case "native":
      return tool.dialect === "anthropic-messages" ? { ...tool.definition } : notes.unsupported("tools", `the tool ${tool.kind} runs at another provider`);
  }
}

/** Whether several calls may come at once is said in the choice, so that it is written for that alone too. */
export function writeToolChoice(conversation: Conversation): JsonValue | undefined {
  const { toolChoice: choice, parallelToolCalls, tools } = conversation;
  if (tools.length === 0) {
    if (choice?.type === "required" || choice?.type === "tool") refuseParameter("invalid-request", "tool_choice", "tool_choice asks for a tool, and there are no tools");
    return undefined;
  }
  if (!choice && parallelToolCalls === undefined) return undefined;
  const written = writeChoice(choice ?? { type: "auto" });
  if (parallelToolCalls !== undefined && written["type"] !== "none") written["disable_parallel_tool_use"] = !parallelToolCalls;
  return written;
}

function writeChoice(choice: ToolChoice): JsonDraft {
  switch (choice.type) {
    case "auto":
    case "none":
      return { type: choice.type };
    case "required":
      return { type: "any" };
    case "tool":
      return { type: "tool", name: choice.name };
    case "allowed":
      return { type: choice.required ? "any" : "auto" };
  }
}
