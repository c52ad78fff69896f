import type { ToolResultPart } from "../../conversation/content.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeMedia } from "./media.ts";
import { takesThinkingLevel } from "./thinking.ts";

interface Called {
  name: string;
  target: ProviderTarget;
  notes: TranslationNotes;
  at: string;
}

/** From Gemini 3 on a result holds its own images; before, they follow it in the same turn. */
export function functionResponse(result: ToolResultPart, called: Called): JsonObject[] {
  const texts: string[] = [];
  const media: JsonObject[] = [];
  for (const part of result.content) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type !== "native") media.push(writeMedia(part, called));
    else called.notes.unsupported(called.at, `Gemini takes no ${part.kind} in a tool's result`);
  }
  const response: JsonObject = { id: result.callId, name: called.name, response: responseObject(texts.join("\n"), result.isError === true), ...membersFor("gemini", result.own) };
  if (media.length === 0) return [{ functionResponse: response }];
  if (takesThinkingLevel(called.target.model)) return [{ functionResponse: { ...response, parts: media } }];
  return [{ functionResponse: response }, ...media];
}

/** Google wants an object and reads `output` and `error` in it. Text that is a JSON object already stays that object. */
function responseObject(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text };
  return (text.trimStart().startsWith("{") ? parseArguments(text) : undefined) ?? { output: text };
}
