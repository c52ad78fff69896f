/** What the sandbox says where the caller asked for JSON: the message itself if that is JSON, else something that fits. */
import type { ResponseFormat } from "../conversation/conversation.ts";
import { exampleOf } from "./example-value.ts";

export function structuredText(said: string, format: ResponseFormat | undefined): string {
  if (format === undefined || format.type === "text" || isJson(said)) return said;
  return JSON.stringify(format.type === "json" ? { text: said } : exampleOf(format.schema));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
