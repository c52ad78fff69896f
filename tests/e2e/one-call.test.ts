/** One call's page in a real browser: what happened to it on one timeline, and programs that make it again. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type DocumentUpstream, documentUpstream } from "../harness/document-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { fillSample, put } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parley: Parley;
let browser: TestBrowser;
let upstream: DocumentUpstream;
let key: string;

beforeAll(async () => {
  upstream = await documentUpstream();
  parley = await startParley();
  browser = await signedInBrowser(parley);
  ({ key } = await fillSample(parley));
  await put(parley, "/api/services/open", { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } });
  await put(parley, "/api/services/drafts", { path: "/drafts", upstream: { targets: [{ url: upstream.url }] }, conflict: { mode: "enforce" } });
  await put(parley, "/api/consumers/acme", { access: ["notes", "drafts", "ai"] });
  await put(parley, "/api/providers/away", { kind: "openai", apiKey: "sk-never-used", baseUrl: "http://127.0.0.1:9/v1" });
  await put(parley, "/api/models/steady", { targets: [{ model: "away/gpt-5-mini" }, { model: "sandbox/echo" }] });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  await upstream.close();
});

function send(method: string, path: string, { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Response> {
  return fetch(`${parley.gatewayUrl}${path}`, { method, headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** Its id, once the call is in the log. */
async function callOf(answer: Response): Promise<string> {
  await answer.text();
  const id = answer.headers.get("parley-call-id") ?? "";
  await eventually(async () => (await parley.admin(`/api/calls/${id}`)).ok);
  return id;
}

test("9 tries, a failover and what the guard decided stand on one timeline", async () => {
  const { page, context, complaints } = await browser.page();
  const timeline = page.getByRole("table", { name: "Where the time went" });
  const helped = await send("POST", "/v1/chat/completions", { body: { model: "steady", messages: [{ role: "user", content: "Hello" }] } });
  expect(helped.status).toBe(200);
  await page.goto(`/calls/${await callOf(helped)}`);
  await timeline.getByRole("row").filter({ hasText: "try 1 · away" }).getByText("connect-failure").waitFor();
  await timeline.getByRole("row").filter({ hasText: "try 2 · sandbox" }).waitFor();
  await timeline.getByRole("row").filter({ hasText: "answer" }).waitFor();

  const first = await send("PUT", "/drafts/7", { body: { title: "one" } });
  await callOf(first);
  const read = await send("GET", "/drafts/7");
  const etag = read.headers.get("etag") ?? "";
  await callOf(read);
  await callOf(await send("PUT", "/drafts/7", { body: { title: "two" }, headers: { "if-match": etag } }));
  const stale = await send("PUT", "/drafts/7", { body: { title: "three" }, headers: { "if-match": etag } });
  expect(stale.status).toBe(412);
  const conflicting = await callOf(stale);
  await eventually(async () => (await parley.admin(`/api/calls/${conflicting}/bodies`)).ok);
  await page.goto(`/calls/${conflicting}`);
  await page.getByText("This call met a conflict").waitFor();
  await timeline.getByRole("rowheader", { name: "guard", exact: true }).waitFor();
  expect(upstream.documents.get("/7")).toEqual({ title: "two" });
  expect(complaints).toEqual([]);
  await context.close();
});

function runs(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], PARLEY_KEY: key } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", () => resolve(output));
  });
}

const ways = {
  curl: (text: string) => runs("sh", ["-c", text]),
  TypeScript: (text: string) => {
    const file = join(parley.dataDirectory, "again.mts");
    writeFileSync(file, text);
    return runs(process.execPath, [file]);
  },
  Python: (text: string) => runs("python3", ["-c", text]),
} as const;

test.each(Object.keys(ways) as (keyof typeof ways)[])("10 a call that is copied as %s gives the same status, and holds no secret", async (language) => {
  const { page, context } = await browser.page();
  const answers = {
    answered: await send("POST", "/v1/chat/completions", { body: { model: "sandbox/echo", messages: [{ role: "user", content: "Hello" }] } }),
    unreachable: await send("GET", "/notes/7"),
    unknown: await send("GET", "/nowhere"),
    // Any other method is answered otherwise.
    removed: await fetch(`${parley.gatewayUrl}/open/10`, { method: "DELETE" }),
  };
  expect(answers.removed.status).toBe(204);
  for (const answer of Object.values(answers)) {
    await page.goto(`/calls/${await callOf(answer)}`);
    await page.getByRole("radiogroup", { name: "Language" }).getByText(language, { exact: true }).click();
    const text = (await page.getByRole("region", { name: `the call as ${language}` }).textContent()) ?? "";
    expect(text).not.toContain(key);
    if (answer === answers.answered || answer === answers.unreachable) expect(text).toContain("PARLEY_KEY");
    expect(await ways[language](text)).toMatch(new RegExp(String.raw`(HTTP/1\.1 |^)${answer.status} `, "m"));
  }
  await context.close();
});

test("11 a replay is edited and laid beside the first answer; an unsafe one is refused without a new idempotency key", async () => {
  const { page, context } = await browser.page();
  const made = await fetch(`${parley.gatewayUrl}/open/9`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ title: "one" }) });
  await page.goto(`/calls/${made.headers.get("parley-call-id")}`);
  await page.getByRole("button", { name: "Edit and replay" }).click();
  await page.getByRole("textbox", { name: "Body" }).fill('{"title":"two"}');
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("It is repeated only under a new idempotency key").waitFor();
  expect(upstream.documents.get("/9")).toEqual({ title: "one" });
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("region", { name: "First and replayed" }).getByText("Status").waitFor();
  await eventually(async () => JSON.stringify(upstream.documents.get("/9")) === '{"title":"two"}');
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("A call was already made under this key").waitFor();
  await context.close();
});

test("11 a replay to another server never reaches what only this machine reaches, says so, and keeps what was typed", async () => {
  const { page, context } = await browser.page();
  const made = await fetch(`${parley.gatewayUrl}/open/9`);
  await made.text();
  await page.goto(`/calls/${made.headers.get("parley-call-id")}`);
  await page.getByRole("button", { name: "Edit and replay" }).click();
  const before = upstream.documents.size;
  const server = page.getByRole("textbox", { name: "Another server" });
  for (const [address, said] of [[upstream.url, /which is not on the public internet/], ["http://169.254.169.254", /which is not on the public internet/], ["ftp://example.com", /origin|http/]] as const) {
    await server.fill(address);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(said).first().waitFor();
  }
  expect(upstream.documents.size).toBe(before);
  expect(await axeFindings(page)).toEqual([]);
  await server.fill("");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("region", { name: "First and replayed" }).getByText("Status").waitFor();
  await context.close();
});
