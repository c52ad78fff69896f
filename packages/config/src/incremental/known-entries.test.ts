import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ConfigFile } from "./config-file.ts";
import type { KnownReading } from "./known-entries.ts";
import { readConfigText } from "../read-config.ts";

const environment = { NOTES_URL: "http://127.0.0.1:9001", PORT: "8080", LIMIT: "12" };
const options = { file: "/etc/parley/parley.yaml", environment };

const block = `# of the shop
gateway:
  port: \${PORT}
services:
  notes:
    path: /notes
    upstream: { targets: [{ url: "\${NOTES_URL}" }] }
    # who may
    access: key
  "orders":
    path: /orders
    upstream:
      targets:
      - url: http://127.0.0.1:9002
    openapi: ./orders.yaml
  long: { path: "/a/very\\
      /long/path", upstream: { targets: [{ url: http://127.0.0.1:9003 }] }, access: open }

consumers:
  shop:
    limits: [{ requests: "\${LIMIT}", per: 1m }]
    keys:
    - name: one
      hash: sha256:${"0".repeat(64)}
    - { name: two, secret: "two-of-the-shop" }
  empty:
  team-of: { access: [notes, ai] }
`;
const json = JSON.stringify({
  gateway: { port: "${PORT}" },
  services: { notes: { path: "/notes", upstream: { targets: [{ url: "${NOTES_URL}" }] } }, orders: { path: "/orders", upstream: { targets: [{ url: "http://127.0.0.1:9002" }] }, access: "open" } },
  consumers: { shop: { keys: [{ name: "one", hash: `sha256:${"0".repeat(64)}` }] }, other: { keys: [{ name: "one", secret: "one-of-the-other" }] } },
}, null, 1);

function knownOf(text: string): KnownReading {
  const { config, source, diagnostics } = readConfigText(text, options);
  if (config === null) throw new Error(JSON.stringify(diagnostics));
  return { text, source, config };
}

/** The same ones at every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
}

const pieces = ["\n", " ", "  ", ":", "x", '"', "'", "#", "- ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "|\n", ">", "\t", "\r", "? ", "---\n", "  more:\n    path: /more\n    access: open\n", "services:\n", "consumers:\n", "  notes:\n", "path: /else", '"path": "/p",', "/orders", "9002", "${PORT}"];

/** A few edits, as people and programs make them, and as they should not. */
function edited(text: string, random: (below: number) => number): string {
  let now = text;
  for (let edits = 1 + random(3); edits > 0; edits--) {
    const lines = now.split("\n");
    const line = random(lines.length);
    const at = random(now.length);
    const piece = pieces[random(pieces.length)] as string;
    switch (random(6)) {
      case 0: now = lines.toSpliced(line, 1).join("\n"); break;
      case 1: now = lines.toSpliced(line, 0, lines[random(lines.length)] as string).join("\n"); break;
      case 2: now = lines.with(line, `${" ".repeat(random(3))}${lines[line]}`).join("\n"); break;
      case 3: now = now.slice(0, at) + now.slice(at + 1 + random(4)); break;
      case 4: now = lines.with(line, (lines[line] as string).replace(/\d+|[a-z]+/, "v7")).join("\n"); break;
      default: now = now.slice(0, at) + piece + now.slice(at);
    }
  }
  return now;
}

it.each([["block style", block], ["JSON", json]])("whatever is edited in a file in %s, reading it again says what reading it first would", { timeout: 60_000 }, (_, text) => {
  const random = randomOf(7);
  const known = knownOf(text);
  let valid = 0;
  for (let round = 0; round < 250; round++) {
    const now = edited(text, random);
    const first = readConfigText(now, options);
    expect(readConfigText(now, options, { known }), now).toStrictEqual(first);
    if (text === json) expect(readConfigText(`\n${now}`, options), now).toMatchObject({ config: first.config, source: first.source });
    if (first.config !== null) valid++;
  }
  expect(valid).toBeGreaterThan(10);
});

it.each([["block style", block, "/orders\n", "/elsewhere\n"], ["JSON", json, '"/orders"', '"/elsewhere"']])("entries in %s that have not changed stay the same objects", (_, text, before, after) => {
  const known = knownOf(text);
  const { config, source } = readConfigText(text.replace(before, after), options, { known });
  expect(config?.services["notes"]).toBe(known.config.services["notes"]);
  expect(config?.consumers["shop"]).toBe(known.config.consumers["shop"]);
  expect(source.services?.["notes"]).toBe(known.source.services?.["notes"]);
  expect(config?.services["orders"]).not.toBe(known.config.services["orders"]);
  expect(Object.keys(config?.services ?? {})).toEqual(Object.keys(known.config.services));
});

it("a mistake in a changed entry, and one between entries that are known, has its line", () => {
  const known = knownOf(block);
  const misspelt = readConfigText(block.replace("access: key", "acces: key"), options, { known });
  expect(misspelt.diagnostics).toMatchObject([{ code: "config-unknown-key", line: 9, column: 5, pointer: "/services/notes/acces", suggestion: 'did you mean "access"?' }]);
  const taken = readConfigText(block.replace("path: /orders", "path: /notes"), options, { known });
  expect(taken.diagnostics).toMatchObject([{ code: "config-conflict", line: 11, pointer: "/services/orders/path" }]);
});

it("JSON in which a key stands twice is the mistake that it is in YAML", () => {
  const twice = '{"consumers": {"a": {}, "b": {}, "a": {}}}';
  expect(readConfigText(twice, options).diagnostics).toMatchObject([{ code: "config-conflict", line: 1, column: 35 }]);
  expect(readConfigText('{"services": {"__proto__": {"path": "/a"}}}', options).diagnostics).toMatchObject([{ code: "config-syntax" }]);
});

it("a file is read against its last valid reading, also one that was read ahead, which is given again while the file stays as it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-known-"));
  const path = join(folder, "parley.yaml");
  writeFileSync(path, block);
  const file = new ConfigFile(path, environment);
  const first = await file.read();
  writeFileSync(path, block.replace("access: key", "acces: key"));
  expect((await file.read()).config).toBeNull();
  writeFileSync(path, block.replace("/orders\n", "/elsewhere\n"));
  const third = await file.read();
  expect(third.config?.services["notes"]).toBe(first.config?.services["notes"]);
  const other = new ConfigFile(path, environment);
  const told: string[] = [];
  const ahead = await other.readAhead((directory) => told.push(directory));
  expect(told).toEqual([join(folder, ".parley")]);
  const fourth = await other.read();
  expect(fourth.config).toBe(ahead.config);
  const fifth = await other.read();
  expect(fifth.config?.services["notes"]).toBe(ahead.config?.services["notes"]);
  expect(fifth.config).not.toBe(ahead.config);
  const late = new ConfigFile(path, environment);
  await late.readAhead(() => undefined);
  writeFileSync(path, block);
  expect((await late.read()).config?.services["orders"]?.path).toBe("/orders");
  rmSync(folder, { recursive: true });
});

it("a file that a pipe takes the place of is refused rather than waited for", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "parley-known-")), "parley.yaml");
  writeFileSync(path, block);
  const file = new ConfigFile(path, environment);
  expect((await file.read()).diagnostics).toEqual([]);
  rmSync(path);
  execFileSync("mkfifo", [path]);
  expect((await file.read()).diagnostics).toMatchObject([{ code: "config-unreadable" }]);
  expect((await new ConfigFile(path, environment).readAhead(() => undefined)).diagnostics).toMatchObject([{ code: "config-unreadable" }]);
});
