/** Where the documentation leads: every link opens at what it means, every page is found from the front page, and every file that is named is there. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...filesBelow("docs").filter((name) => name.endsWith(".md"))];

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`);
}

/** Without blocks of code, whose brackets are no links and whose comments are no headings. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), "utf8").replaceAll(/^```[^\n]*\n[\s\S]*?^```/gm, "");
}

function linksOf(page: string): { target: string; anchor: string | null }[] {
  const written = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(([, link, attribute]) => link ?? attribute ?? "");
  return written.filter((link) => !/^[a-z]+:/.test(link)).map((link) => {
    const [path = "", anchor = null] = link.split("#");
    return { target: path === "" ? page : relative(root, resolve(root, dirname(page), path)), anchor };
  });
}

/** As those who show Markdown make them of headings, and what is named in HTML. */
function anchorsOf(page: string): Set<string> {
  const headings = [...proseOf(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, title = ""]) => title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-"));
  return new Set([...headings, ...[...proseOf(page).matchAll(/<a id="([^"]+)"/g)].map(([, name = ""]) => name)]);
}

test("every link of every page opens, at the heading that it names", () => {
  const all = pages.flatMap((page) => linksOf(page).map((link) => ({ page, ...link })));
  expect(all.length).toBeGreaterThan(300);
  const broken = all.filter(({ target, anchor }) => !existsSync(join(root, target)) || (anchor !== null && statSync(join(root, target)).isFile() && !anchorsOf(target).has(anchor)));
  expect(broken).toEqual([]);
});

test("every page of the documentation is one link from its front page, or from the list of its folder", () => {
  const listed = new Set(["docs/README.md", "docs/decisions/README.md", "docs/problems/README.md"].flatMap((page) => linksOf(page).map(({ target }) => target)));
  expect(pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md" && !listed.has(page))).toEqual([]);
  expect(linksOf("README.md").map(({ target }) => target)).toContain("docs/README.md");
});

test("every file that CONTRIBUTING names is there, as it is written or at the end of a longer path", () => {
  const files = ["packages", "scripts", "tests"].flatMap((folder) => filesBelow(folder).filter((name) => !name.includes("node_modules")));
  const named = [...proseOf("CONTRIBUTING.md").matchAll(/`((?:[\w.-]+\/)*[\w.-]+(?:\.tsx?|\/))`/g)].map(([, name = ""]) => name.replace(/\/$/, ""));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !existsSync(join(root, name)) && !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});
