/** The page of a problem code for people: one document, no script, nothing loaded from anywhere. */
import { createHash } from "node:crypto";
import { placeOf } from "@parley/contract/problems/page";
import { problemEntry, type ProblemCode } from "@parley/contract/problems/table";
import type { ProblemEntry } from "@parley/contract/problems/entry";

/** Shared by all pages of the gateway. */
export const style = `
:root { color-scheme: light dark; --text: #1c1e21; --soft: #5b6068; --ground: #fff; --code: #f1f3f5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --soft: #a0a6ae; --ground: #16181b; --code: #24272b; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.6 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 3rem 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 2rem 0 .25rem; }
p { margin: 0 0 .5rem; }
.about { color: var(--soft); }
code, pre { font: .9rem/1.5 ui-monospace, monospace; background: var(--code); border-radius: .25rem; }
code { padding: .1rem .3rem; }
pre { padding: .75rem 1rem; overflow-x: auto; }
`;

/** The one style is named by its hash; everything else is forbidden. */
export function policyFor(ownStyle: string): string {
  return `default-src 'none'; style-src 'sha256-${createHash("sha256").update(ownStyle).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

export const pagePolicy = policyFor(style);

export function htmlProblemPage(code: ProblemCode): string {
  const entry: ProblemEntry = problemEntry(code);
  const example = entry.example ? `<h2>Example</h2><pre>${escapeHtml(entry.example)}</pre>` : "";
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(entry.title)}</title><style>${style}</style></head>
<body><main>
<h1>${escapeHtml(entry.title)}</h1>
<p class="about"><code>${escapeHtml(code)}</code> · ${placeOf(entry)}</p>
<h2>Why</h2><p>${withCode(entry.cause)}</p>
<h2>What to do</h2><p>${withCode(entry.fix)}</p>
${example}
</main></body>
</html>
`;
}

/** The table's texts have what is typed between backticks. */
function withCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
