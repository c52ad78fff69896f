/** What was said in a call of a model, the same for every dialect: turns, each with its parts. */
export type Part =
  | { kind: "text" | "reasoning" | "refusal"; text: string }
  | { kind: "tool-call"; name: string; text: string }
  | { kind: "tool-result"; name: string; text: string }
  /** A picture, a document, sound: told and not shown. */
  | { kind: "attachment"; text: string };

export interface Turn {
  who: "system" | "user" | "assistant" | "tool";
  parts: readonly Part[];
}

type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** A text, a list of parts, or one part; of any dialect. */
export function partsOf(content: unknown): Part[] {
  return listOf(content).flatMap(partOf);
}

function partOf(value: unknown): Part[] {
  if (typeof value === "string") return value === "" ? [] : [{ kind: "text", text: value }];
  if (!isObject(value)) return [];
  const type = textOf(value["type"]);
  if (type === "tool_use" || isObject(value["functionCall"])) return [toolCall(isObject(value["functionCall"]) ? value["functionCall"] : value)];
  if (type === "tool_result" || isObject(value["functionResponse"])) return [toolResult(isObject(value["functionResponse"]) ? value["functionResponse"] : value)];
  if (type === "thinking" || type === "reasoning" || value["thought"] === true) return someText("reasoning", textOf(value["thinking"]) || textOf(value["text"]));
  if (type === "refusal") return someText("refusal", textOf(value["refusal"]));
  if (typeof value["text"] === "string") return someText("text", value["text"]);
  const attached = attachmentOf(value, type);
  return attached === null ? [] : [{ kind: "attachment", text: attached }];
}

function attachmentOf(value: Json, type: string): string | null {
  const inline = isObject(value["inlineData"]) ? value["inlineData"] : isObject(value["fileData"]) ? value["fileData"] : isObject(value["source"]) ? value["source"] : {};
  const media = textOf(inline["mimeType"]) || textOf(inline["media_type"]);
  const address = textOf(isObject(value["image_url"]) ? value["image_url"]["url"] : value["image_url"]) || textOf(inline["url"]) || textOf(inline["fileUri"]);
  if (media === "" && type === "") return null;
  const kind = media || type.replace(/^input_/, "").replace(/_url$/, "");
  return address === "" || address.startsWith("data:") ? (/^data:([\w/+.-]+)/.exec(address)?.[1] ?? kind) : `${kind}: ${address}`;
}

export function toolCall(call: Json): Part {
  const given = call["arguments"] ?? call["input"] ?? call["args"] ?? "";
  return { kind: "tool-call", name: textOf(call["name"]), text: typeof given === "string" ? given : JSON.stringify(given) };
}

export function toolResult(result: Json): Part {
  const given = result["content"] ?? result["output"] ?? result["response"] ?? "";
  const said = typeof given === "string" ? given : partsOf(given).map(({ text }) => text).join("\n");
  return { kind: "tool-result", name: textOf(result["name"]) || textOf(result["tool_use_id"]) || textOf(result["call_id"]) || textOf(result["tool_call_id"]), text: said || JSON.stringify(given) };
}

export function someText(kind: "text" | "reasoning" | "refusal", text: string): Part[] {
  return text === "" ? [] : [{ kind, text }];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
