/** The commands on the problems' pages, run as they stand against a service `notes`: each succeeds, so that nobody is sent on by one that does not work. */
import { problems } from "@parley/contract/problems/table";
import type { ProblemEntry } from "@parley/contract/problems/entry";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runShell } from "../harness/shell.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen, type TestServer } from "../harness/test-server.ts";

const key = "acme-key-0123456789";
const document = { openapi: "3.1.0", info: { title: "Notes", version: "1" }, paths: { "/{id}": { get: { responses: { 200: { description: "The note" } } } } } };
const directory = mkdtempSync(join(tmpdir(), "parley-problems-"));
let upstream: TestServer;
let parley: Parley;

beforeAll(async () => {
  let note = '{"title":"old"}';
  upstream = await listen(createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
      if (request.method === "PUT") note = Buffer.concat(parts).toString();
      response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json" }).end(note);
    });
  }));
  writeFileSync(join(directory, "notes.json"), JSON.stringify(document));
  for (const name of ["gateway", "client"]) execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.pem`], { cwd: directory, stdio: "ignore" });
  parley = await startParley({ yaml: `
services:
  notes:
    path: /notes
    upstream: { targets: [{ url: "${upstream.url}" }] }
    conflict: { mode: require }
    limits: [{ requests: 1000, per: 1m }]
    versions: { select: { by: header, default: v1 }, list: { v1: { openapi: "${join(directory, "notes.json")}" } } }
ai: { providers: { sandbox: {} } }
consumers:
  acme: { keys: [{ name: default, secret: ${key} }] }
` });
}, 60_000);

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Those of the program itself are held to its options beside it. A host of a name is the reader's own. */
const entries: Readonly<Record<string, ProblemEntry>> = problems;
const codesOf = Map.groupBy(Object.entries(entries).filter(([, { example }]) => example && !example.includes("./parley ") && !example.includes("example.com")), ([, { example }]) => example ?? "");

test.each([...codesOf].map(([command, pages], index) => ({ command, index, codes: pages.map(([code]) => code).join(", ") })))("the command on the page of $codes works", async ({ command, index }) => {
  // Each has a note of its own: one that was locked is locked for the others.
  const here = command.replaceAll("/notes/7", `/notes/${index}`).replaceAll("http://127.0.0.1:8080", parley.gatewayUrl).replaceAll("http://127.0.0.1:8081", parley.adminUrl);
  const { status, output } = await runShell(here, { directory, environment: { PARLEY_KEY: key, TOKEN: key, PARLEY_ADMIN_TOKEN: parley.adminToken } });
  expect(status, output).toBe(0);
  expect(output).not.toBe("");
});

test("no page shows a command that is not whole", () => {
  expect(Object.keys(entries).filter((code) => entries[code]?.example?.includes("curl ") && entries[code].example.includes("…"))).toEqual([]);
});
