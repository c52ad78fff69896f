/** Reads tools and the choice among them. A cache point belongs to the tool before it. */
import type { Tool, ToolChoice } from "../../conversation/conversation.ts";
import { asObject, firstMember } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { itemObject, optionalBoolean, optionalList, optionalObject, optionalText, requiredText } from "../../conversation/parameters.ts";
import { parseCachePoint } from "./parse-parts.ts";

const at = "toolConfig.tools";

export function parseTools(body: JsonObject): readonly Tool[] {
  const tools: Tool[] = [];
  const config = optionalObject(body, "toolConfig") ?? {};
  for (const [index, item] of (optionalList(config, "tools", "toolConfig") ?? []).entries()) {
    const written = itemObject(item, `${at}[${index}]`);
    const last = tools.at(-1);
    const cache = parseCachePoint(written);
    if (!cache) tools.push(parseTool(written, `${at}[${index}]`));
    else if (last?.type === "function") tools[tools.length - 1] = { ...last, cache };
  }
  return tools;
}

function parseTool(tool: JsonObject, path: string): Tool {
  const spec = optionalObject(tool, "toolSpec", path);
  if (!spec) return { type: "native", dialect: "bedrock-converse", kind: firstMember(tool) ?? "tool", definition: tool };
  const place = `${path}.toolSpec`;
  return {
    type: "function",
    name: requiredText(spec, "name", place),
    description: optionalText(spec, "description", place),
    parameters: asObject(optionalObject(spec, "inputSchema", place)?.["json"]),
    strict: optionalBoolean(spec, "strict", place),
  };
}

export function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = optionalObject(optionalObject(body, "toolConfig") ?? {}, "toolChoice", "toolConfig");
  if (!choice) return undefined;
  const named = asObject(choice["tool"]);
  if (named) return { type: "tool", name: requiredText(named, "name", "toolConfig.toolChoice.tool") };
  return { type: choice["any"] ? "required" : "auto" };
}
