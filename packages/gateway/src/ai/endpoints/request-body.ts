// Hot path: once for each AI call.
/** The body of an AI call as one JSON object. */
import { RefusalError } from "../../exchange/answer.ts";
import { isObject } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";
import { findJsonFault } from "./json-position.ts";

/** Throws a `RefusalError` with the place where it stops being JSON. */
export function parseBody(body: Buffer): JsonObject {
  const text = body.toString("utf8");
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return refuse(describeFault(text));
  }
  return isObject(value) ? value : refuse("the body has to be a JSON object");
}

function describeFault(text: string): string {
  if (text.trim() === "") return "the body is empty; it has to be a JSON object";
  const fault = findJsonFault(text);
  if (!fault) return "the body is not JSON";
  const what = fault.offset >= text.length ? "it ends too early" : `${JSON.stringify(text[fault.offset])} may not stand there`;
  return `the body is not JSON: ${what}, at line ${fault.line}, column ${fault.column} (position ${fault.offset})`;
}

function refuse(detail: string): never {
  throw new RefusalError({ code: "malformed-json", detail });
}
