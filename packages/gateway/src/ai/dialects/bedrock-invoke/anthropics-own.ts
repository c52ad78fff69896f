/** What only Anthropic's own service runs or keeps: Bedrock has its models, and refuses or does not know these, by whichever of its APIs they are called. */
import type { Conversation } from "../../conversation/conversation.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

const runsThere = /^(?:web_search|web_fetch|code_execution)_\d{8}$|^mcp_toolset$/;
const keptThere: ReadonlySet<string> = new Set(["mcp_servers", "container"]);

export function refuseAnthropicsOwn({ tools, extensions, dialect }: Conversation, notes: TranslationNotes): void {
  if (dialect !== "anthropic-messages") return;
  for (const tool of tools) if (tool.type === "native" && runsThere.test(tool.kind)) notes.unsupported("tools", `the tool ${tool.kind} runs at Anthropic, and not at Bedrock`);
  for (const { name } of extensions) if (keptThere.has(name)) notes.unsupported(name, `${name} is Anthropic's own, and Bedrock has none`);
}
