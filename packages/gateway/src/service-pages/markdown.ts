/** Blocks as Markdown that every reader of it takes as meant: what the document says is escaped, so that it makes neither markup nor links. */
import type { Block, Inline } from "@parley/openapi/reference";
import { curlText, type RequestSetting } from "./curl-text.ts";
import { visibleText } from "./visible-text.ts";

export function markdownPage(title: string, blocks: readonly Block[], setting: RequestSetting): string {
  return `# ${escaped(title)}\n\n${blocks.map((block) => blockText(block, setting)).join("\n\n")}\n`;
}

function blockText(block: Block, setting: RequestSetting): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${inlineText(block.text)}`;
    case "paragraph":
      return inlineText(block.text);
    case "list":
      return block.items.map(({ depth, text }) => `${"  ".repeat(depth)}- ${inlineText(text)}`).join("\n");
    case "code":
      return fenced(visibleText(block.text), "");
    case "request":
      return fenced(visibleText(curlText(block, setting)), "sh");
  }
}

/** The fence is longer than any run of its mark inside. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function inlineText(text: readonly Inline[]): string {
  return text.map((part) => {
    if (typeof part === "string") return escaped(part);
    if ("code" in part) return codeText(part.code);
    if ("strong" in part) return `**${escaped(part.strong)}**`;
    return `[${escaped(part.text)}](<${part.link.replaceAll(/[<>\\]/g, encodeURIComponent)}>)`;
  }).join("");
}

function codeText(text: string): string {
  const line = oneLine(text);
  return line.includes("`") ? `\`\` ${line.replaceAll("``", "` `")} \`\`` : `\`${line}\``;
}

function escaped(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_[\]#|~!]/g, "\\$&").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function oneLine(text: string): string {
  return visibleText(text).replaceAll(/\s*[\r\n]+\s*/g, " ");
}
