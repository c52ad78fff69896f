/**
 * How many input tokens a request has at most, near enough, whatever the dialect: a token for three bytes of every text in
 * it (one for each character that is no Latin letter), some for each message, and a flat figure for an image, file or sound.
 */
import type { JsonObject, JsonValue } from "../conversation/json.ts";

const bytesPerToken = 3;
/** What providers put around a conversation, and a request is never less than. */
const requestTokens = 16;
/** Its role and its limits. */
const messageTokens = 4;
const mediaTokens = 1600;
/** Beyond this a text without white space is no text. */
const mediaFromBytes = 1024;
const base64 = /^(?:data:[^,]{0,200},)?[A-Za-z0-9+/_=-]+$/;

/** Members whose values the model does not read. */
const unread = new Set(["model", "role", "type", "id", "user", "metadata", "stream", "service_tier", "previous_response_id", "mime_type", "mimeType", "media_type", "cache_control", "detail"]);
/** Where names are read as well, because they are a schema's. */
const schemas = new Set(["tools", "functions", "response_format", "responseSchema", "responseJsonSchema", "output_config", "json_schema"]);

interface Open {
  value: JsonValue;
  namesCount: boolean;
}

export function inputTokensAtMost(request: JsonObject): number {
  let tokens = 0;
  const open: Open[] = [{ value: request, namesCount: false }];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    const { value, namesCount } = here;
    if (typeof value === "string") tokens += textTokens(value);
    else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) open.push({ value: item, namesCount });
    else if (typeof value === "object" && value !== null) tokens += openMembers(value as JsonObject, namesCount, open);
    else if (namesCount) tokens += 1;
  }
  return requestTokens + tokens;
}

function openMembers(object: JsonObject, namesCount: boolean, open: Open[]): number {
  let tokens = Object.hasOwn(object, "role") ? messageTokens : 0;
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined || (unread.has(name) && !namesCount)) continue;
    if (namesCount) tokens += Math.ceil(name.length / bytesPerToken);
    open.push({ value, namesCount: namesCount || schemas.has(name) });
  }
  return tokens;
}

function textTokens(text: string): number {
  if (text.length >= mediaFromBytes && base64.test(text)) return mediaTokens;
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}
