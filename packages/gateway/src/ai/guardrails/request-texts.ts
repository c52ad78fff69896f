/** The texts of a request, whatever its dialect: every string that a model may read. */
import type { JsonObject, JsonValue } from "../conversation/json.ts";

/** Members that are names of something and not texts. */
const names = new Set(["model", "role", "type", "id", "tool_call_id", "tool_use_id", "call_id", "previous_response_id", "mime_type", "mimeType", "media_type", "service_tier", "signature", "thoughtSignature", "encrypted_content", "file_id"]);
const mediaFromLength = 1024;
const base64 = /^(?:data:[^,]{0,200},)?[A-Za-z0-9+/_=-]+$/;
const maxDepth = 200;

/** The request with its texts changed; the same object where nothing changed. */
export function mapTexts<Value extends JsonValue>(value: Value, change: (text: string) => string, depth = 0): Value {
  if (depth > maxDepth) return value;
  if (typeof value === "string") return (isMedia(value) ? value : change(value)) as Value;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => mapTexts(item, change, depth + 1));
    return (items.every((item, index) => item === (value as readonly JsonValue[])[index]) ? value : items) as Value;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject).map(([name, member]): [string, JsonValue | undefined] => [name, member === undefined || names.has(name) ? member : mapTexts(member, change, depth + 1)]);
  return (entries.every(([name, member]) => member === (value as JsonObject)[name]) ? value : Object.fromEntries(entries)) as Value;
}

function isMedia(text: string): boolean {
  return text.length >= mediaFromLength && base64.test(text) && !text.startsWith("eyJ");
}
