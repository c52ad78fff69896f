import { isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** The parts of an item's content or summary: servers that resemble OpenAI's give a text, or one part, where it has a list of parts. */
export function givenParts(value: JsonValue | undefined): readonly JsonObject[] {
  const given = isList(value) ? value : [value ?? null];
  return given.flatMap((part) => (typeof part === "string" ? [{ type: "output_text", text: part }] : isObject(part) ? [part] : []));
}
