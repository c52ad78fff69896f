/** Reads tools and the choice among them. */
import type { Tool, ToolChoice } from "../../conversation/conversation.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalBoolean, optionalList, optionalObject, optionalText, refuseParameter, requiredObject, requiredText } from "../../conversation/parameters.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { cacheOf } from "./parse-parts.ts";

const modelled: ReadonlySet<string> = new Set(["name", "description", "parameters", "strict"]);

export function parseTools(body: JsonObject): readonly Tool[] {
  return (optionalList(body, "tools") ?? []).map((item, index) => parseTool(item, `tools[${index}]`));
}

function parseTool(item: JsonValue, at: string): Tool {
  const tool = itemObject(item, at);
  const type = requiredText(tool, "type", at);
  if (type === "function") {
    const described = requiredObject(tool, "function", at);
    return {
      type: "function",
      name: requiredText(described, "name", `${at}.function`),
      description: optionalText(described, "description", `${at}.function`),
      parameters: optionalObject(described, "parameters", `${at}.function`),
      strict: optionalBoolean(described, "strict", `${at}.function`),
      cache: cacheOf(tool),
      own: ownMembers("openai-chat", described, modelled),
    };
  }
  if (type !== "custom") return { type: "native", dialect: "openai-chat", kind: type, definition: tool };
  const custom = requiredObject(tool, "custom", at);
  return { type: "custom", name: requiredText(custom, "name", `${at}.custom`), description: optionalText(custom, "description", `${at}.custom`), format: parseFormat(optionalObject(custom, "format", `${at}.custom`)) };
}

/** Chat completions have a grammar in an object of its own, responses beside the type: so does the conversation. */
function parseFormat(format: JsonObject | undefined): JsonObject | undefined {
  const grammar = asObject(format?.["grammar"]);
  return grammar ? { type: "grammar", ...grammar } : format;
}

export function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body["tool_choice"] ?? undefined;
  if (choice === undefined) return undefined;
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  const object = asObject(choice);
  const name = asText(asObject(object?.["function"])?.["name"]) ?? asText(asObject(object?.["custom"])?.["name"]);
  if (name !== undefined) return { type: "tool", name };
  const allowed = asObject(object?.["allowed_tools"]);
  if (allowed) return { type: "allowed", required: allowed["mode"] === "required", names: asObjects(allowed["tools"]).flatMap((tool) => asText(asObject(tool["function"])?.["name"]) ?? asText(asObject(tool["custom"])?.["name"]) ?? []) };
  return refuseParameter("invalid-request", "tool_choice", "tool_choice has to be auto, none, required or an object that names a tool");
}
