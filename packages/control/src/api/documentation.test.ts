/** The documentation as it is served: to people, to programs, and to language models; and each link in it leads somewhere. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";

const folder = resolve(import.meta.dirname, "../../../../docs");
let control: TestControl;
beforeAll(async () => {
  control = await startControl();
});
afterAll(() => control.stop());

const get = async (path: string, accept?: string): Promise<{ status: number; type: string; text: string }> => {
  const answer = await fetch(control.url + path, accept === undefined ? {} : { headers: { accept } });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
};

test("a page is Markdown by its name or by what is accepted, and a page in a browser", async () => {
  const file = await get("/docs/alerts.md");
  expect(file).toMatchObject({ status: 200, type: "text/markdown; charset=utf-8", text: expect.stringMatching(/^# Alerts\n/) as string });
  expect(await get("/docs/alerts", "text/markdown")).toEqual(file);
  expect(await get("/docs/alerts", "text/html;q=0.5, text/markdown")).toEqual(file);
  const page = await get("/docs/alerts", "text/html,application/xhtml+xml,*/*;q=0.8");
  expect(page.type).toBe("text/html; charset=utf-8");
  expect(page.text).toContain('<a href="query-language">query-language.md</a>');
});

test("a problem's page is Markdown too", async () => {
  const markdown = await get("/.well-known/parley/problems/alert-not-firing", "text/markdown");
  expect(markdown).toMatchObject({ status: 200, type: "text/markdown; charset=utf-8", text: expect.stringContaining("**What to do.**") as string });
  expect(await get("/.well-known/parley/problems/alert-not-firing.md")).toEqual(markdown);
  expect((await get("/.well-known/parley/problems/alert-not-firing")).type).toBe("text/html; charset=utf-8");
});

test.each([["/docs", "Documentation", "guides/my-clients-get-409s"], ["/docs/problems", "Problem codes", "not-found"]])("%s is the page of its folder, and its links lead on from there", async (path, title, link) => {
  const first = await fetch(control.url + path, { redirect: "manual" });
  expect([first.status, first.headers.get("location")]).toEqual([308, `${path}/`]);
  const { text, status } = await get(`${path}/`, "text/html");
  expect([status, text]).toEqual([200, expect.stringContaining(`# ${title}\n`)]);
  expect(text).toContain(`href="${link}"`);
  expect((await get(new URL(link, `${control.url}${path}/`).pathname)).status).toBe(200);
});

test("nothing but the documentation is served there", async () => {
  for (const path of ["/docs/nothing", "/docs/../package.json", "/docs/%2e%2e/package.json", "/docs/grafana-dashboard.json", "/docs/..%2fREADME.md"]) expect([path, (await get(path)).text.includes('"name"')]).toEqual([path, false]);
  expect((await get("/docs/nothing")).status).toBe(404);
});

test("llms.txt lists every page with what is in it, and each of its links is there", async () => {
  const { text, status } = await get("/llms.txt");
  expect(status).toBe(200);
  const links = [...text.matchAll(/^- \[([^\]]+)\]\((\/docs\/[^)]+\.md)\): (.+)$/gm)];
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md") && (!name.startsWith("problems") || name.endsWith("README.md")));
  expect(new Set(links.map(([, , link]) => link))).toEqual(new Set(pages.map((name) => `/docs/${name}`)));
  for (const [, , link = ""] of links) expect([link, (await get(link)).status]).toEqual([link, 200]);
});

test("links between pages lead to pages that are there", async () => {
  const { text } = await get("/llms.txt");
  const broken: string[] = [];
  for (const [, path = ""] of text.matchAll(/\]\((\/docs\/[^)]+\.md)\)/g)) {
    for (const [, target = ""] of (await get(path)).text.matchAll(/\]\(([\w./-]+\.md)(?:#[\w-]*)?\)/g)) {
      const { pathname } = new URL(target, control.url + path);
      if (pathname.startsWith("/docs/") && (await get(pathname)).status !== 200) broken.push(`${path}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});
