import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { formatDiagnostics } from "../diagnostics/format-diagnostics.ts";
import { readConfigFile, readConfigText } from "../read-config.ts";

const environment = { SET: "value" };
const read = (text: string) => readConfigText(text, { file: "parley.yaml", environment });

test.each([
  ["a service", "services:\n  notes:\n", "/services/notes", { line: 2, column: 3 }],
  ["a section", "data: x\ngateway:\nadmin: {}\n", "/gateway", { line: 2, column: 1 }],
  ["a member of a flow mapping", "services: { a: }\n", "/services/a", { line: 1, column: 13 }],
  ["an item", "gateway:\n  trustProxy:\n    -\n", "/gateway/trustProxy/0", {}],
])("%s that is empty is an error at its key, which the terminal can show", (_what, text, pointer, place) => {
  const { config, diagnostics } = read(text);
  expect(config).toBeNull();
  expect(diagnostics[0]).toMatchObject({ pointer, ...place });
  expect(diagnostics[0]?.column).toBeGreaterThan(0);
  expect(formatDiagnostics(diagnostics, text)).toContain(pointer.split("/").at(-2) as string);
});

test.each([
  ["JSON", `{"data":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
  ["JSON objects", `{"data":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`],
  ["YAML", `data: ${"[".repeat(50_000)}${"]".repeat(50_000)}\n`],
])("what is nested too deeply is refused with its place, as %s", (_what, text) => {
  expect(read(text)).toMatchObject({ config: null, diagnostics: [{ code: "config-syntax", line: 1, column: expect.any(Number) }] });
});

test.each([
  ["a default that is a variable", "data: ${OTHER:-${SET}}\n", /the default of \$\{OTHER\} holds a variable/],
  ["a name that every object has", "data: ${constructor}\n", /the environment has no variable constructor/],
  ["a prototype", "data: ${__proto__}\n", /the environment has no variable __proto__/],
])("a variable with %s is refused, and never becomes something else", (_what, text, message) => {
  expect(read(text)).toMatchObject({ config: null, diagnostics: [{ message: expect.stringMatching(message), line: 1, column: 7 }] });
});

test("a variable in a key is told where variables stand", () => {
  expect(read("${SET}: 1\n").diagnostics[0]?.suggestion).toContain("never in a key");
  expect(read('consumers: { "${SET}": {} }\n').diagnostics[0]?.suggestion).toContain("never in a key");
});

test("a second document is refused at the line where it begins", () => {
  expect(read("data: x\n# more\n---\ndata: y\n").diagnostics[0]).toMatchObject({ code: "config-syntax", line: 3, column: 1 });
});

test("what the whole file is has a name in its error", () => {
  expect(read("hello\n").diagnostics[0]?.message).toMatch(/^the configuration is "hello"/);
});

test("a team that is defined is known although something else in the file is wrong", () => {
  const { diagnostics } = read("servces: {}\nteams: { research: {} }\nconsumers: { acme: { team: research, versions: { toString: v1 } } }\n");
  expect(diagnostics.map(({ code }) => code)).toEqual(["config-unknown-key"]);
});

describe("a file that is not UTF-8", () => {
  test.each([
    ["Latin-1", Buffer.from("gateway: {}\ndata: caf\xe9\n", "latin1"), { line: 2, column: 10 }],
    ["a replacement sign before it", Buffer.concat([Buffer.from("data: a\uFFFDb"), Buffer.from([0xff])]), { line: 1, column: 10 }],
    ["a lone surrogate", Buffer.from([0x64, 0x3a, 0x20, 0xed, 0xa0, 0x80]), { line: 1, column: 4 }],
    ["UTF-16", Buffer.from("\ufeffdata: x\n", "utf16le"), { line: 1, column: 1 }],
  ])("is refused with its place: %s", async (_what, bytes, place) => {
    const path = join(mkdtempSync(join(tmpdir(), "parley-utf8-")), "parley.yaml");
    writeFileSync(path, bytes);
    expect(await readConfigFile(path, {})).toMatchObject({ config: null, diagnostics: [{ code: "config-syntax", file: path, ...place }] });
  });

  test("is another one than a file with the replacement sign in it", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "parley-utf8-")), "parley.yaml");
    writeFileSync(path, "data: a\uFFFDb\n");
    expect((await readConfigFile(path, {})).config?.data).toMatch(/a\uFFFDb$/);
  });
});

test.each([
  ["an admin token", "admin: { token: hunter2-hunter2, prt: 1 }\n"],
  ["a mail password", "channels: { m: { email: { password: hunter2-hunter2, prt: 1 } } }\n"],
  ["a routing key", 'channels: { p: { pagerduty: { "routingKey": "hunter2-hunter2", x: 1 } } }\n'],
  ["an address that is a secret", "channels: { s: { slack: https://hooks.example/hunter2-hunter2, x: 1 } }\n"],
  ["a field of a webhook", "channels: { w: { webhook: https://a.example, headers: { X-Token: hunter2-hunter2 }, x: 1 } }\n"],
  ["a field in a line of its own", "telemetry:\n  otlp:\n    endpoint: http://127.0.0.1:1\n    headers:\n      X-Token: [hunter2-hunter2]\n"],
  ["a key that is a number", "ai: { providers: { openai: { apiKey: 20202020 } } }\n"],
  ["a key of a consumer that is a number", "consumers: { a: { keys: [{ name: k, secret: 20202020 }] } }\n"],
])("what is wrong beside %s shows nothing of it", (_what, text) => {
  const { diagnostics } = read(text);
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(JSON.stringify(diagnostics)).not.toMatch(/hunter2|20202020/);
});

test("a section that has the name of a secret is shown as it is", () => {
  expect(read("teams: { research: { x: 1 } }\n").diagnostics[0]?.excerpt).toBe("teams: { research: { x: 1 } }");
});

const service = (settings: string) => `services:\n  a:\n    path: /a\n    upstream: { targets: [{ url: http://127.0.0.1:1 }]${settings.startsWith("~") ? `, ${settings.slice(1)} }\n` : ` }\n    ${settings}\n`}`;
test.each([
  ["a network that is none", "gateway: { trustProxy: [10.0.0.0/33] }\n", /a CIDR such as/],
  ["an address that is none", service("addresses: { deny: [300.1.1.1] }"), /a CIDR such as/],
  ["an address with zeros before it", service("addresses: { deny: [010.0.0.1] }"), /a CIDR such as/],
  ["letters that an address could have", "ai: { media: { allow: [abc] } }\n", /a CIDR such as/],
  ["a key with the end of its line", 'ai: { providers: { openai: { apiKey: "sk-1\\n" } } }\n', /one line of Latin letters/],
  ["credentials with typographic quotes", service("~credentials: { header: Authorization, value: “Bearer x” }"), /one line of Latin letters/],
  ["a field that is none", service('cors: { origins: ["*"], expose: ["a b"] }'), /the name of a header field/],
  ["a redirect with the end of a line", service('redirects: [{ from: /a, to: "/b\\r\\nSet-Cookie: x" }]'), /no white space/],
  ["checks without a pause", service("~health: { path: /h, every: 0s }"), /at least 10ms/],
  ["checks further apart than a timer goes", service("~health: { path: /h, every: 30d }"), /at most 24d/],
  ["a time that no date has", "logging: { retain: 999999999d }\n", /at most 36500d/],
  ["a period that no date has", service("limits: [{ requests: 1, per: 36501d }]"), /at most 36500d/],
  ["a step of no kind", service("versions: { select: { by: path }, list: { v2: {}, v1: { adapt: { to: v2, request: [{ renam: 1 }] } } } }"), /has no key "renam"|a step is one of/],
  ["something to keep together that there is not", service("~hash: { by: ressource }"), /has to be resource, consumer, address, header or cookie/],
  ["a mapping where one of several words belongs", "gateway: { workers: {} }\n", /gateway.workers is a mapping, and has to be auto or a number/],
])("%s is refused, with what belongs there", (_what, text, message) => {
  expect(read(text)).toMatchObject({ config: null, diagnostics: [{ message: expect.stringMatching(message), line: expect.any(Number) }] });
});

test.each(["10.0.0.0/8", "127.0.0.1", "::1", "2001:db8::/32", "::ffff:10.0.0.1/128", "fe80::/10", "0.0.0.0/0", "::/0"])("%s is a network", (network) => {
  expect(read(`gateway: { trustProxy: ["${network}"] }\n`).config?.gateway.trustProxy).toEqual([network]);
});
