/** Annotations of an answer's text, in answers and where callers give them back. */
import type { Citation } from "../../conversation/content.ts";
import { asNumber, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function parseAnnotation(raw: JsonObject): Citation {
  return {
    url: asText(raw["url"]), title: asText(raw["title"]) ?? asText(raw["filename"]), startIndex: asNumber(raw["start_index"]), endIndex: asNumber(raw["end_index"]),
    dialect: "openai-responses", raw,
  };
}
