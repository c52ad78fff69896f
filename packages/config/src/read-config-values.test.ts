import { execFileSync } from "node:child_process";
import { mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatDiagnostics } from "./diagnostics/format-diagnostics.ts";
import { maxConfigBytes, readConfigFile, readConfigText } from "./read-config.ts";

function read(text: string, environment: Record<string, string> = {}) {
  return readConfigText(text, { environment });
}

test("reads an empty file as the defaults", () => {
  const { config, diagnostics } = read("");
  expect(diagnostics).toEqual([]);
  expect(config?.gateway).toMatchObject({ host: "127.0.0.1", port: 8080, workers: 1 });
});

test("takes numbers and booleans from variables, and text where text belongs", () => {
  const { config, source, diagnostics } = read("gateway: { port: \"${PORT}\", host: \"${HOST}\" }\nconsumers:\n  acme:\n    keys:\n      - name: k\n        secret: ${KEY}", { PORT: "9000", HOST: "12", KEY: "1234567890" });
  expect(diagnostics).toEqual([]);
  expect(config?.gateway).toMatchObject({ port: 9000, host: "12" });
  expect(config?.consumers["acme"]?.keys[0]?.secret).toBe("1234567890");
  expect(source.gateway).toEqual({ port: "${PORT}", host: "${HOST}" });
});

test("lets a variable hold any text without becoming structure", () => {
  const { config } = read("admin:\n  token: ${EVIL}", { EVIL: 'x }\ngateway: { port: 1 } # "' });
  expect(config?.admin.token).toBe('x }\ngateway: { port: 1 } # "');
  expect(config?.gateway.port).toBe(8080);
});

test("says how a variable is written between braces", () => {
  const { diagnostics } = read("gateway: { port: ${PORT} }", { PORT: "1" });
  expect(diagnostics).toMatchObject([{ code: "config-syntax", line: 1, suggestion: 'between { } and [ ] a variable stands in quotes: "${NAME}"' }]);
});

test("does not read variables inside of variables", () => {
  expect(read("data: /x/${A}", { A: "${B}", B: "no" }).config?.data).toBe("/x/${B}");
});

test.each([
  ["unset", {}],
  ["empty", { NAME: "" }],
])("uses the default of a variable that is %s", (_state, environment) => {
  expect(read("data: /x/${NAME:-a b}", environment).config?.data).toBe("/x/a b");
});

test("writes a literal with a doubled dollar", () => {
  expect(read("data: /x/$${NAME}").config?.data).toBe("/x/${NAME}");
});

test("reports every error at once, in the order of the lines", () => {
  const { diagnostics } = read("consumers:\n  a: { access: [nowhere] }\ngateway: { prot: 1 }\ndata: ${MISSING}\nadmin: { port: x }");
  expect(diagnostics.map(({ code, line }) => [line, code])).toEqual([
    [2, "config-unknown-reference"], [3, "config-unknown-key"], [4, "config-missing-variable"], [5, "config-invalid-value"],
  ]);
});

test("an invalid service still counts as defined", () => {
  const { diagnostics } = read("services:\n  notes: { path: notes }\nconsumers:\n  a: { access: [notes] }");
  expect(diagnostics.map(({ pointer }) => pointer)).not.toContain("/consumers/a/access/0");
});

test("points into the file by JSON pointer", () => {
  const { diagnostics } = read('services:\n  "a~b/c": { path: /x }');
  expect(diagnostics[0]?.pointer).toBe("/services/a~0b~1c");
});

test("warns about what this release does not carry out, and only where it is written", () => {
  const text = "stores:\n  calls: clickhouse://127.0.0.1:1\n  counters: redis://127.0.0.1:1\n";
  const { config, diagnostics } = read(text);
  expect(config).not.toBeNull();
  expect(diagnostics.map(({ code, severity, line }) => [code, severity, line])).toEqual([["config-not-enforced", "warning", 2], ["config-not-enforced", "warning", 3]]);
  expect(read("services: {}\n").diagnostics).toEqual([]);
});

test("starts relative paths at the file's folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley config "));
  const file = join(folder, "parley.yaml");
  writeFileSync(file, "data: ./state\n");
  expect((await readConfigFile(file, {})).config?.data).toBe(join(folder, "state"));
});

test.each([
  ["is not there", "nowhere.yaml", /there is no file/],
  ["is a directory", ".", /is a directory/],
])("says what is wrong with a file that %s", async (_case, name, message) => {
  const folder = mkdtempSync(join(tmpdir(), "parley-config-"));
  const { config, diagnostics } = await readConfigFile(join(folder, name), {});
  expect(config).toBeNull();
  expect(diagnostics).toMatchObject([{ code: "config-unreadable", message: expect.stringMatching(message) }]);
});

test("refuses a pipe and a device where they would be read again, at once even if nobody writes, and reads a pipe where it is read once", async () => {
  const pipe = join(mkdtempSync(join(tmpdir(), "parley-config-")), "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const path of [pipe, "/dev/null"]) {
    const { config, diagnostics } = await readConfigFile(path, {}, { isFollowed: true });
    expect(config).toBeNull();
    expect(diagnostics).toMatchObject([{ code: "config-unreadable", message: expect.stringContaining("is a pipe or a device") }]);
  }
  const [{ config }] = await Promise.all([readConfigFile(pipe, {}), writeFile(pipe, "data: /from-a-pipe\n")]);
  expect(config?.data).toBe("/from-a-pipe");
});

test("does not read a file that is larger than any configuration", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "parley-config-")), "huge.yaml");
  writeFileSync(file, "");
  truncateSync(file, maxConfigBytes + 1);
  expect((await readConfigFile(file, {})).diagnostics).toMatchObject([{ code: "config-unreadable" }]);
});

test("stops at aliases that would grow without bound", () => {
  const levels = Array.from({ length: 20 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(", ")}]`);
  const { config, diagnostics } = read(`a0: &a0 [x, x]\n${levels.join("\n")}`);
  expect(config).toBeNull();
  expect(diagnostics).toMatchObject([{ code: "config-syntax", message: expect.stringContaining("aliases stand for more than") }]);
});

test("stops at nesting that would overflow the stack", () => {
  expect(read(`data: ${"[".repeat(100_000)}`).diagnostics).toMatchObject([{ code: "config-syntax" }]);
});

test("reads aliases of whole values", () => {
  const { config } = read("services:\n  a: { path: /a, upstream: &up { targets: [{ url: http://127.0.0.1:1 }] } }\n  b: { path: /b, upstream: *up }");
  expect(config?.services["b"]?.upstream?.targets[0]?.url).toBe("http://127.0.0.1:1");
});

test("refuses a key that would reach into the program's own objects", () => {
  expect(read("__proto__: { port: 1 }").config).toBeNull();
  expect(read("constructor: { port: 1 }").diagnostics).toMatchObject([{ code: "config-unknown-key" }]);
});

test("bounds what it reports", () => {
  const { diagnostics } = read(Array.from({ length: 5000 }, (_, index) => `x${index}: 1`).join("\n"));
  expect(diagnostics.length).toBe(201);
  expect(diagnostics.at(-1)?.message).toBe("and 4800 more");
});

test("shows the place, the caret, the advice and where to read on", () => {
  const text = "gateway:\n  prot: 8080\n";
  const { diagnostics } = readConfigText(text, { file: "parley.yaml", environment: {} });
  expect(formatDiagnostics(diagnostics, text)).toBe(
    [
      'error[config-unknown-key]: gateway has no key "prot"',
      " --> parley.yaml:2:3",
      "  |",
      "2 |   prot: 8080",
      "  |   ^^^^",
      '  = did you mean "port"?',
      "  = ./parley explain config-unknown-key",
      "",
      "1 error",
      "",
    ].join("\n"),
  );
});

test("colours nothing unless asked to", () => {
  const { diagnostics } = read("prot: 1");
  expect(formatDiagnostics(diagnostics, "prot: 1")).not.toContain("\u001B");
  expect(formatDiagnostics(diagnostics, "prot: 1", { colour: true })).toContain("\u001B[1;31merror");
});

test("brings the line along, without the secrets in it", () => {
  const [diagnostic] = read('consumers:\n  acme: { keys: [{ name: k, secret: "abcdefgh", hsah: x }] }').diagnostics;
  expect(diagnostic?.excerpt).toBe("  acme: { keys: [{ name: k, secret: **********, hsah: x }] }");
  expect(diagnostic?.excerpt?.slice((diagnostic.column ?? 0) - 1)).toMatch(/^hsah/);
});
