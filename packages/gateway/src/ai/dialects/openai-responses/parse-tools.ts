/** Reads tools and the choice among them. Whatever is neither a function nor a custom tool runs at OpenAI. */
import type { Tool, ToolChoice } from "../../conversation/conversation.ts";
import { asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { itemObject, optionalBoolean, optionalList, optionalObject, optionalText, refuseParameter, requiredText } from "../../conversation/parameters.ts";

const modelled: ReadonlySet<string> = new Set(["type", "name", "description", "parameters", "strict"]);

export function parseTools(body: JsonObject): readonly Tool[] {
  return (optionalList(body, "tools") ?? []).map((item, index) => parseTool(item, `tools[${index}]`));
}

function parseTool(item: JsonValue, at: string): Tool {
  const tool = itemObject(item, at);
  const type = requiredText(tool, "type", at);
  if (type === "function") {
    return {
      type,
      name: requiredText(tool, "name", at),
      description: optionalText(tool, "description", at),
      parameters: optionalObject(tool, "parameters", at),
      strict: optionalBoolean(tool, "strict", at),
      own: ownMembers("openai-responses", tool, modelled),
    };
  }
  if (type !== "custom") return { type: "native", dialect: "openai-responses", kind: type, definition: tool };
  return { type, name: requiredText(tool, "name", at), description: optionalText(tool, "description", at), format: optionalObject(tool, "format", at) };
}

export function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body["tool_choice"] ?? undefined;
  if (choice === undefined) return undefined;
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  const object = itemObject(choice, "tool_choice");
  const name = asText(object["name"]);
  if ((object["type"] === "function" || object["type"] === "custom") && name !== undefined) return { type: "tool", name };
  if (object["type"] === "allowed_tools") {
    return { type: "allowed", required: object["mode"] === "required", names: asObjects(object["tools"]).flatMap((tool) => asText(tool["name"]) ?? []) };
  }
  return refuseParameter("unsupported-parameter", "tool_choice", "tool_choice names a tool that runs at OpenAI, and this model's provider is another");
}
