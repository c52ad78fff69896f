/** Blocks as HTML: one document, no script, nothing loaded from anywhere, every text escaped. */
import type { Block, Inline } from "@parley/openapi/reference";
import { escapeHtml, policyFor, style } from "../listener/problem-page.ts";
import { curlText, type RequestSetting } from "./curl-text.ts";
import { visibleText } from "./visible-text.ts";

const ownStyle = `${style}
main { max-width: 52rem; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--code); }
h3 { font-size: 1rem; margin: 2.25rem 0 .5rem; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; color: var(--soft); }
a { color: var(--link); }
:root { --link: #0b57b7; }
@media (prefers-color-scheme: dark) { :root { --link: #8ab8ff; } }
ul { margin: 0 0 .5rem; padding-left: 1.25rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.in1 { margin-left: 1.25rem; } .in2 { margin-left: 2.5rem; } .in3 { margin-left: 3.75rem; } .in4 { margin-left: 5rem; } .in5 { margin-left: 6.25rem; }
@media (max-width: 30rem) { main { padding: 1.5rem 1rem; } .in1 { margin-left: .75rem; } .in2 { margin-left: 1.5rem; } .in3 { margin-left: 2rem; } .in4 { margin-left: 2.5rem; } .in5 { margin-left: 3rem; } }
`;

export const htmlPolicy = policyFor(ownStyle);

export function htmlPage(title: string, blocks: readonly Block[], setting: RequestSetting): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${shown(title)}</title><style>${ownStyle}</style></head>
<body><main>
<h1>${shown(title)}</h1>
${blocks.map((block) => blockHtml(block, setting)).join("\n")}
</main></body>
</html>
`;
}

function blockHtml(block: Block, setting: RequestSetting): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level}${block.id === undefined ? "" : ` id="${shown(block.id)}"`}>${inlineHtml(block.text)}</h${block.level}>`;
    case "paragraph":
      return `<p${block.soft === true ? ' class="about"' : ""}>${inlineHtml(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map(({ depth, text }) => `<li${depth > 0 ? ` class="in${Math.min(depth, 5)}"` : ""}>${inlineHtml(text)}</li>`).join("")}</ul>`;
    case "code":
      return `<pre>${shown(block.text)}</pre>`;
    case "request":
      return `<pre>${shown(curlText(block, setting))}</pre>`;
  }
}

function inlineHtml(text: readonly Inline[]): string {
  return text.map((part) => {
    if (typeof part === "string") return shown(part);
    if ("code" in part) return `<code>${shown(part.code)}</code>`;
    if ("strong" in part) return `<strong>${shown(part.strong)}</strong>`;
    return `<a href="${shown(part.link)}"${part.link.startsWith("/") || part.link.startsWith("#") ? "" : ' rel="nofollow noopener noreferrer"'}>${shown(part.text)}</a>`;
  }).join("");
}

function shown(text: string): string {
  return escapeHtml(visibleText(text));
}
