import type { Conversation, Tool } from "../../conversation/conversation.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

/** Mistral has no list of allowed tools, so the others are not offered. */
export function writeTools(conversation: Conversation, notes: TranslationNotes): readonly JsonObject[] | undefined {
  const choice = conversation.toolChoice;
  const offered = conversation.tools.filter((tool) => choice?.type !== "allowed" || tool.type === "native" || choice.names.includes(tool.name));
  const tools = offered.map((tool, index) => writeTool(tool, { index, notes }));
  return tools.length === 0 ? undefined : tools;
}

/** `parameters` is required: a tool without any takes the empty object. */
function writeTool(tool: Tool, place: { index: number; notes: TranslationNotes }): JsonObject {
  if (tool.type === "native" && tool.dialect === "mistral-chat") return tool.definition;
  if (tool.type !== "function") {
    return place.notes.unsupported(`tools[${place.index}]`, `Mistral has no tool like ${tool.type === "native" ? tool.kind : "a custom one, which takes free text"}`);
  }
  const parameters = tool.parameters ?? { type: "object", properties: {} };
  return { type: "function", function: { name: tool.name, description: tool.description, parameters, strict: tool.strict } };
}

/** `any` is Mistral's word for required, and the one that all of its models know. */
export function writeToolChoice(conversation: Conversation): JsonValue | undefined {
  const choice = conversation.toolChoice;
  switch (choice?.type) {
    case undefined:
      return undefined;
    case "auto":
    case "none":
      return choice.type;
    case "required":
      return "any";
    case "tool":
      return { type: "function", function: { name: choice.name } };
    case "allowed":
      return choice.required ? "any" : "auto";
  }
}
