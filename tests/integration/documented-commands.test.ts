/** The commands of the README and of the pages of docs, run as they stand against what those pages configure. The guides are run by `guides.test.ts`. */
import { readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { provideCommand } from "../harness/guide.ts";
import { runShell } from "../harness/shell.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen, type TestServer } from "../harness/test-server.ts";

const root = resolve(import.meta.dirname, "../..");
const key = "acme-key-0123456789";
/** What installs, starts, moves the checkout or is about another machine. */
const elsewhere = ["./parley up", "./parley test", "./parley install", "git pull", "tar -C /var/lib", "PARLEY_ADMIN_NAMES=", "./parley admin reset"];
const documents = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
const blocks = documents.flatMap((document) => [...readFileSync(join(root, document), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = ""]) => ({ document, text, first: text.split("\n")[0]?.slice(0, 60) ?? "" })))
  .map((block) => ({ ...block, commands: block.text.split("\n").filter((line) => !elsewhere.some((start) => line.startsWith(start))).join("\n") }));
const runnable = blocks.filter(({ text }) => !/^(?:\.\/parley (?:test|install|admin)|git pull|tar|PARLEY_ADMIN_NAMES)/.test(text) && text.trim() !== "./parley up");

const directory = mkdtempSync(join(tmpdir(), "parley-documented-"));
let upstream: TestServer;
let parley: Parley;
let environment: Record<string, string>;

function notesDocument(required: string[]): string {
  const body = { content: { "application/json": { schema: { type: "object", required, properties: { title: { type: "string" } } } } } };
  return JSON.stringify({ openapi: "3.1.0", info: { title: "Notes", version: "1" }, paths: { "/{id}": { get: { responses: { 200: { description: "The note" } } }, put: { requestBody: body, responses: { 200: { description: "The note" } } } } } });
}

function configurationFor(upstreamUrl: string): string {
  return `
services:
  notes:
    path: /notes
    upstream: { targets: [{ url: "${upstreamUrl}" }] }
    validate: "off"
    conflict:
      mode: require
      batches: [{ path: /_bulk, items: /operations, item: { resource: "/{/id}", id: /id, method: /method, methods: { remove: DELETE }, ifMatch: /ifMatch, body: /note }, results: { items: /results, id: /id, status: /status } }]
    versions: { select: { by: header, default: v2 }, list: { v1: { openapi: ./notes.v1.openapi.yaml }, v2: { openapi: ./notes.v2.openapi.yaml } } }
ai:
  providers: { sandbox: {} }
  models: { assistant: { targets: [{ model: sandbox/echo }] } }
prompts:
  translate: { versions: { v2: { model: assistant, messages: [{ role: user, content: "{{text}}" }], variables: { text: {} } } } }
consumers:
  acme: { keys: [{ name: default, secret: ${key} }] }
`;
}

beforeAll(async () => {
  upstream = await listen(createServer((_request, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"title":"old","results":[]}')));
  provideCommand(directory);
  for (const version of ["v1", "v2"]) writeFileSync(join(directory, `notes.${version}.openapi.yaml`), notesDocument(version === "v1" ? [] : ["title"]));
  writeFileSync(join(directory, "parley.yaml"), configurationFor(upstream.url));
  // Keys are rotated where the database is the truth.
  parley = await startParley();
  environment = { HOME: directory, PARLEY_DATA: parley.dataDirectory, ADMIN: parley.adminUrl, TOKEN: parley.adminToken, KEY: key, ACME_KEY: key, PARLEY_KEY: key };
  expect(await runShell("repository/parley apply -f parley.yaml", { directory, environment })).toMatchObject({ status: 0 });
  const { items } = (await (await parley.admin("/api/consumers/acme/keys")).json()) as { items: { id: string }[] };
  environment["ID"] = items[0]?.id ?? "";
}, 60_000);

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

test.each(runnable)("$document: $first", { timeout: 60_000 }, async ({ commands }) => {
  const here = commands.replaceAll("http://127.0.0.1:8080", parley.gatewayUrl).replaceAll("<the key it printed>", key).replaceAll("PARLEY_KEY=… ", "").replaceAll("./parley ", "repository/parley ");
  const { status, output } = await runShell(here, { directory, environment });
  // A difference that breaks callers is told by its status.
  expect(status, output).toBe(here.includes("/parley diff") ? 2 : 0);
  expect(output).not.toBe("");
});

test("what is not run is about another place, and nothing else", () => {
  expect(runnable.length).toBeGreaterThan(10);
  expect(blocks.filter((block) => !runnable.includes(block)).map(({ first }) => first).filter((first) => !elsewhere.some((start) => first.startsWith(start)))).toEqual([]);
});
