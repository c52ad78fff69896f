/**
 * The documentation, as people and programs read it: Markdown under /docs/*.md and where Accept asks for it, a plain page in a
 * browser, and an index for language models at /llms.txt. It is the files of the release itself, so that it needs no network and
 * is of the same version.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { prefersMarkdown } from "./prefers-markdown.ts";
import { escapeHtml } from "./problem-page.ts";

export interface Documentation {
  /** Null where there is no such document. */
  answer(path: string, accept: string): Promise<Response | null>;
  index(): Promise<Response>;
}

const markdown = "text/markdown; charset=utf-8";
/** Of the index: the pages of problem codes are many, and their list is one of them. */
const isListed = (name: string): boolean => !name.startsWith("problems/") || name === "problems/README.md";

export function documentationIn(folder: string): Documentation {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md")).map((name) => name.split(sep).join("/")).toSorted() : [];
  const known = new Set(names);
  const textOf = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
  return {
    answer: async (path, accept) => {
      const asked = path.replace(/^\/docs\/?/, "").replace(/\/$/, "");
      const folderPage = `${asked === "" ? "" : `${asked}/`}README.md`;
      const name = [asked, `${asked}.md`, folderPage].find((one) => known.has(one));
      if (name === undefined) return null;
      // The links of a folder's page are relative to the folder.
      if (name === folderPage && asked !== folderPage && !path.endsWith("/")) return new Response(null, { status: 308, headers: { Location: `${path}/` } });
      const text = await textOf(name);
      return asked.endsWith(".md") || prefersMarkdown(accept) ? new Response(text, { headers: { "Content-Type": markdown, Vary: "Accept" } }) : page(titleOf(text, name), text);
    },
    index: async () => new Response(await indexOf(names, textOf), { headers: { "Content-Type": "text/plain; charset=utf-8" } }),
  };
}

/** As llmstxt.org has it: a title, a sentence, and links with what is behind them. */
async function indexOf(names: readonly string[], textOf: (name: string) => Promise<string>): Promise<string> {
  const lines = await Promise.all(names.filter(isListed).map(async (name) => {
    const text = await textOf(name);
    return `- [${titleOf(text, name)}](/docs/${name}): ${firstSentence(text)}`;
  }));
  return `# Parley\n\n> An AI gateway and API management platform that makes conflicts a solved problem: one program, with its console, admin API and documentation.\n\nEvery page is Markdown. The admin API describes itself at /api/openapi.json, and every error code at /.well-known/parley/problems/{code}.\n\n## Documentation\n\n${lines.join("\n")}\n`;
}

function titleOf(text: string, name: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? name;
}

function firstSentence(text: string): string {
  const paragraph = text.split(/\n\s*\n/).find((block) => block.trim() !== "" && !/^(?:#|\||```|-|<|>)/.test(block.trim())) ?? "";
  const flat = paragraph.replaceAll(/\s+/g, " ").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").trim();
  return /^.{20,}?[.:](?=\s|$)/.exec(flat)?.[0] ?? flat;
}

/** The text as it is, with its links made so; relative ones work because pages keep the names of their files. */
function page(title: string, text: string): Response {
  const linked = escapeHtml(text).replaceAll(/\[([^\]\n]*)\]\(((?:https?:\/\/|\/|\.{0,2}\/?[\w#])[^)\s]*)\)/g, (_whole, words: string, target: string) => `<a href="${target.replace(/\.md(?=#|$)/, "")}">${words}</a>`);
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} · Parley</title></head><body><main><pre>${linked}</pre></main></body></html>`;
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", Vary: "Accept", "Content-Security-Policy": "default-src 'none'" } });
}
