import { asObject, asText, isObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export interface ReadCall {
  /** Undefined where Mistral left it out, which it also writes as the text "null". */
  id: string | undefined;
  name: string;
  /** JSON text, or a piece of it. */
  arguments: string;
}

export function readCall(call: JsonObject): ReadCall {
  const called = asObject(call["function"]);
  const id = asText(call["id"]);
  const given = called?.["arguments"];
  return {
    id: id === undefined || id === "" || id === "null" ? undefined : id,
    name: asText(called?.["name"]) ?? "",
    arguments: isObject(given) ? JSON.stringify(given) : (asText(given) ?? ""),
  };
}
