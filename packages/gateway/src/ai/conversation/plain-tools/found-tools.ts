/** What a search for tools found, towards providers that are given all tools at once: told in words. May import the conversation model. */
import type { ToolResultPart } from "../content.ts";
import { asText } from "../json.ts";

type Content = ToolResultPart["content"][number];

export function foundText(names: readonly string[]): string {
  return names.length === 0 ? "No tools were found." : `These tools were found, and may be called: ${names.join(", ")}`;
}

/** What a search that the caller runs answers Anthropic's models with. */
export function holdsReferences({ content }: ToolResultPart): boolean {
  return content.some((part) => referenced(part) !== undefined);
}

/** The content with one text for its references; `nameOf` is what a tool is called there. */
export function withReferencesTold(content: ToolResultPart["content"], nameOf: (name: string) => string): ToolResultPart["content"] {
  const names = content.flatMap((part) => referenced(part) ?? []);
  if (names.length === 0) return content;
  return [...content.filter((part) => referenced(part) === undefined), { type: "text", text: foundText(names.map(nameOf)) }];
}

function referenced(part: Content): string | undefined {
  return part.type === "native" && part.kind === "tool_reference" ? asText(part.value["tool_name"]) : undefined;
}
