/** The page behind a problem's `type`: what the code means, why it happens, what to do. Works without a network. */
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import { problemPage as problemMarkdown } from "@parley/contract/problems/page";
import { refuse } from "../refusal.ts";
import { prefersMarkdown } from "./prefers-markdown.ts";

export function problemPage(asked: string, accept: string): Response {
  const code = asked.replace(/\.md$/, "");
  if (!isProblemCode(code)) refuse("not-found", `there is no problem code ${code.slice(0, 60)}`);
  if (asked.endsWith(".md") || prefersMarkdown(accept)) return new Response(problemMarkdown(code), { headers: { "Content-Type": "text/markdown; charset=utf-8", Vary: "Accept" } });
  const { title, cause, fix, example } = problemEntry(code);
  const parts = [`<h1>${escapeHtml(title)}</h1>`, `<p><code>${code}</code></p>`, `<h2>Why</h2><p>${escapeHtml(cause)}</p>`, `<h2>What to do</h2><p>${escapeHtml(fix)}</p>`];
  if (example) parts.push(`<pre>${escapeHtml(example)}</pre>`);
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body><main>${parts.join("")}</main></body></html>`;
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", Vary: "Accept", "Content-Security-Policy": "default-src 'none'" } });
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
