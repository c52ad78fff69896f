/**
 * Tools that Anthropic's models know without being told and that the caller runs: a shell, an editor of files, a memory. Any
 * other model is told of them as functions, with the input that Anthropic documents; their calls are calls of any tool.
 */
import type { Tool } from "../conversation.ts";
import { asText } from "../json.ts";
import type { JsonObject } from "../json.ts";

const text = { type: "string" };
const line = { type: "integer" };
const lines = { type: "array", items: line, description: "The first and the last line to show; -1 is the end of the file." };
const edits = { path: { ...text, description: "Where the file or the directory is." }, file_text: { ...text, description: "All of a file that is created." }, old_str: { ...text, description: "What is replaced: it stands once in the file." }, new_str: { ...text, description: "What it is replaced with." }, insert_line: { ...line, description: "The line behind which text is inserted; 0 is the beginning." }, insert_text: { ...text, description: "The text that is inserted." }, view_range: lines };

interface Described {
  readonly kind: RegExp;
  readonly description: string;
  readonly properties: JsonObject;
  readonly required: readonly string[];
}

const described: readonly Described[] = [
  { kind: /^bash_\d{8}$/, description: "Runs a command in a shell that stays open between calls, and tells what it wrote.", properties: { command: { ...text, description: "The command to run." }, restart: { type: "boolean", description: "True to start the shell anew, without a command." } }, required: [] },
  { kind: /^text_editor_\d{8}$/, description: "Shows and edits files: view, create, str_replace, insert.", properties: { command: { ...text, enum: ["view", "create", "str_replace", "insert"] }, ...edits }, required: ["command", "path"] },
  {
    kind: /^memory_\d{8}$/, description: "Keeps notes in files below /memories between conversations: view, create, str_replace, insert, delete, rename. Look there before you begin.",
    properties: { command: { ...text, enum: ["view", "create", "str_replace", "insert", "delete", "rename"] }, ...edits, old_path: { ...text, description: "The name before rename." }, new_path: { ...text, description: "The name after rename." } }, required: ["command"],
  },
];

type NativeTool = Extract<Tool, { type: "native" }>;

/** Null for any other tool. */
export function clientTool(tool: NativeTool): Extract<Tool, { type: "function" }> | null {
  const known = tool.dialect === "anthropic-messages" ? described.find(({ kind }) => kind.test(tool.kind)) : undefined;
  const name = asText(tool.definition["name"]);
  if (!known || name === undefined) return null;
  return { type: "function", name, description: known.description, parameters: { type: "object", properties: known.properties, required: known.required } };
}
