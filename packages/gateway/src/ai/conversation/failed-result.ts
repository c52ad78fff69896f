/** That a tool failed, for dialects that have no flag for it: then its text says so. */
import type { ToolResultPart } from "./content.ts";

/** The result's content, its first text with `Error: ` before it. A failure without a text gets one. */
export function contentWithFailure({ content, isError }: ToolResultPart): ToolResultPart["content"] {
  if (isError !== true) return content;
  const first = content.findIndex(({ type }) => type === "text");
  if (first === -1) return [{ type: "text", text: "Error" }, ...content];
  return content.map((part, index) => (index === first && part.type === "text" ? { ...part, text: `Error: ${part.text}` } : part));
}
