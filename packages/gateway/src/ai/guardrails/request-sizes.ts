/** How much a request holds, and which tools it offers, whatever its dialect. */
import { isList, isObject } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";

export function messageCount(body: JsonObject): number {
  const list = body["messages"] ?? body["contents"] ?? body["input"];
  return isList(list) ? list.length : list === undefined ? 0 : 1;
}

export function toolNames(body: JsonObject): string[] {
  const tools = [body["tools"], body["functions"]].flatMap((list) => (isList(list) ? list : []));
  return tools.flatMap((tool) => (isObject(tool) ? namesOf(tool) : []));
}

/** OpenAI nests a function, Gemini lists several in one, a server's own tool has a type alone. */
function namesOf(tool: JsonObject): string[] {
  const declared = tool["functionDeclarations"] ?? tool["function_declarations"];
  if (isList(declared)) return declared.flatMap((one) => (isObject(one) && typeof one["name"] === "string" ? [one["name"]] : []));
  const inner = isObject(tool["function"]) ? tool["function"]["name"] : isObject(tool["custom"]) ? tool["custom"]["name"] : undefined;
  const name = inner ?? tool["name"] ?? tool["type"];
  return typeof name === "string" ? [name] : Object.keys(tool);
}

export function imageCount(body: JsonObject): number {
  let images = 0;
  const open: JsonValue[] = [body];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isList(value)) open.push(...value);
    else if (isObject(value)) {
      if (isImage(value)) images += 1;
      for (const member of Object.values(value)) if (member !== undefined && typeof member === "object" && member !== null) open.push(member);
    }
  }
  return images;
}

function isImage(part: JsonObject): boolean {
  if (part["type"] === "image" || part["type"] === "image_url" || part["type"] === "input_image") return true;
  const mime = part["mimeType"] ?? part["mime_type"];
  return typeof mime === "string" && mime.startsWith("image/");
}
