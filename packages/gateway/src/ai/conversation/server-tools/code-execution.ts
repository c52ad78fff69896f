/** The tool that executes code, in each API's words. What would change where the code runs is refused by its name. */
import type { DialectName } from "../content.ts";
import type { Tool } from "../conversation.ts";
import { asObject, isList, isObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { TranslationNotes } from "../translation-notes.ts";
import type { Speaker } from "./runs.ts";

type NativeTool = Extract<Tool, { type: "native" }>;

const kinds: Partial<Record<DialectName, RegExp>> = { "openai-responses": /^code_interpreter$/, "anthropic-messages": /^code_execution_\d{8}$/, gemini: /^codeExecution$/ };

export function isCodeTool(tool: Tool): tool is NativeTool {
  return tool.type === "native" && kinds[tool.dialect]?.test(tool.kind) === true;
}

const written: Readonly<Record<Speaker, NativeTool>> = {
  "openai-responses": { type: "native", dialect: "openai-responses", kind: "code_interpreter", definition: { type: "code_interpreter", container: { type: "auto" } } },
  "anthropic-messages": { type: "native", dialect: "anthropic-messages", kind: "code_execution_20250825", definition: { type: "code_execution_20250825", name: "code_execution" } },
  gemini: { type: "native", dialect: "gemini", kind: "codeExecution", definition: { codeExecution: {} } },
};

const looked: ReadonlySet<string> = new Set(["type", "name", "container", "cache_control"]);

export function writeCodeTool(tool: NativeTool, to: Speaker, notes: TranslationNotes): Tool {
  if (tool.dialect === to) return tool;
  if (tool.dialect === "openai-responses") noteContainer(tool.definition, notes);
  for (const [name, value] of Object.entries(tool.dialect === "gemini" ? (asObject(tool.definition["codeExecution"]) ?? {}) : tool.definition)) {
    if (!looked.has(name) && value !== null && value !== undefined) notes.dropped(`tools.${name}`, "this model's provider executes code without such a setting");
  }
  if (tool.definition["cache_control"]) notes.dropped("tools.cache_control", "this model's provider caches by itself, or by a resource of its own");
  return written[to];
}

function noteContainer({ container = null }: JsonObject, notes: TranslationNotes): void {
  if (!isObject(container)) return void (container === null || notes.unsupported("tools.container", "the container is OpenAI's, and this model's provider has its own"));
  const files = asObject(container)?.["file_ids"];
  if (isList(files) && files.length > 0) notes.unsupported("tools.container.file_ids", "the files are kept at OpenAI, and this model's provider has its own");
  if (container["memory_limit"]) notes.dropped("tools.container.memory_limit", "this model's provider decides how much memory code gets");
  if (container["network_policy"]) notes.unsupported("tools.container.network_policy", "this model's provider decides what code may reach");
}
