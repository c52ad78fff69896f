/** Tools and the choice among them. */
import type { Conversation, Tool } from "../../conversation/conversation.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { writeSchema } from "./schema.ts";

/** All functions in one declaration list, the provider's own tools as they came. */
export function writeTools(conversation: Conversation, notes: TranslationNotes): readonly JsonObject[] | undefined {
  const declarations: JsonObject[] = [];
  const own: JsonObject[] = [];
  offeredTools(conversation).forEach((tool, index) => {
    if (tool.type === "function") declarations.push(declaration(tool, { index, notes }));
    else if (tool.type === "native" && tool.dialect === "gemini") own.push(tool.definition);
    else notes.unsupported(`tools[${index}]`, `Gemini has no tool like ${tool.type === "native" ? tool.kind : "a custom one, which takes free text"}`);
  });
  const tools = declarations.length === 0 ? own : [...own, { functionDeclarations: declarations }];
  return tools.length === 0 ? undefined : tools;
}

/** Where the model may choose freely among some of the tools only, the others are not offered: Gemini limits forced calls alone. */
function offeredTools(conversation: Conversation): readonly Tool[] {
  const choice = conversation.toolChoice;
  if (choice?.type !== "allowed" || choice.required) return conversation.tools;
  return conversation.tools.filter((tool) => tool.type === "native" || choice.names.includes(tool.name));
}

function declaration(tool: Extract<Tool, { type: "function" }>, place: { index: number; notes: TranslationNotes }): JsonObject {
  if (tool.strict === true) place.notes.dropped(`tools[${place.index}].function.strict`, "Gemini does not promise that arguments follow the schema");
  const written = tool.parameters === undefined ? null : writeSchema(tool.parameters);
  return {
    name: tool.name,
    description: tool.description,
    parameters: written?.language === "subset" && takesArguments(written.schema) ? written.schema : undefined,
    parametersJsonSchema: written?.language === "json-schema" ? written.schema : undefined,
    ...membersFor("gemini", tool.own),
  };
}

/** Google refuses an object without properties; a function without parameters has no schema at all. */
function takesArguments(schema: JsonObject): boolean {
  return Object.keys(schema["properties"] ?? {}).length > 0;
}

/** `own`: what a caller of this dialect said beside the choice. */
export function writeToolConfig(conversation: Conversation, own: JsonObject | undefined): JsonObject | undefined {
  const chosen = writeChoice(conversation);
  if (!own) return chosen;
  const calling = { ...asObject(chosen?.["functionCallingConfig"]), ...asObject(own["functionCallingConfig"]) };
  return { ...own, ...(Object.keys(calling).length > 0 && { functionCallingConfig: calling }) };
}

function writeChoice(conversation: Conversation): JsonObject | undefined {
  const choice = conversation.toolChoice;
  if (choice === undefined || !conversation.tools.some((tool) => tool.type === "function")) return undefined;
  switch (choice.type) {
    case "auto":
      return calling("AUTO");
    case "none":
      return calling("NONE");
    case "required":
      return calling("ANY");
    case "tool":
      return calling("ANY", [choice.name]);
    case "allowed":
      return choice.required ? calling("ANY", choice.names) : calling("AUTO");
  }
}

function calling(mode: string, allowedFunctionNames?: readonly string[]): JsonObject {
  return { functionCallingConfig: { mode, allowedFunctionNames } };
}
