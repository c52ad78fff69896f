/** Reads tools and the choice among them. */
import type { Tool, ToolChoice } from "../../conversation/conversation.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalBoolean, optionalList, optionalObject, optionalText, refuseParameter, requiredText } from "../../conversation/parameters.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { cacheOf } from "./parse-parts.ts";

const modelled: ReadonlySet<string> = new Set(["type", "name", "description", "input_schema", "strict", "cache_control"]);

export function parseTools(body: JsonObject): readonly Tool[] {
  return (optionalList(body, "tools") ?? []).map((item, index) => parseTool(item, `tools[${index}]`));
}

/** A tool with a type of its own runs at Anthropic, or is known to its models. */
function parseTool(item: JsonValue, at: string): Tool {
  const tool = itemObject(item, at);
  const type = optionalText(tool, "type", at) ?? "custom";
  if (type !== "custom") return { type: "native", dialect: "anthropic-messages", kind: type, definition: tool };
  return {
    type: "function",
    name: requiredText(tool, "name", at),
    description: optionalText(tool, "description", at),
    parameters: optionalObject(tool, "input_schema", at),
    strict: optionalBoolean(tool, "strict", at),
    cache: cacheOf(tool),
    own: ownMembers("anthropic-messages", tool, modelled),
  };
}

export function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = optionalObject(body, "tool_choice");
  if (!choice) return undefined;
  const type = requiredText(choice, "type", "tool_choice");
  if (type === "auto" || type === "none") return { type };
  if (type === "any") return { type: "required" };
  if (type === "tool") return { type: "tool", name: requiredText(choice, "name", "tool_choice") };
  return refuseParameter("invalid-request", "tool_choice.type", `tool_choice.type has to be auto, any, tool or none, and is ${JSON.stringify(type)}`);
}

export function parseParallel(body: JsonObject): boolean | undefined {
  const choice = optionalObject(body, "tool_choice");
  const disabled = choice && optionalBoolean(choice, "disable_parallel_tool_use", "tool_choice");
  return disabled === undefined ? undefined : !disabled;
}
