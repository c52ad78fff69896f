import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import { dataOfBlock } from "./block-text.ts";
import { compose } from "./compose.ts";
import { eventsOf } from "./text-data.ts";

/** What the library finds; null where there is a mistake. */
function dataOfYaml(text: string): unknown {
  const events = eventsOf(text);
  if (!Array.isArray(events)) return null;
  const { data, findings } = compose(text, events);
  return findings.length === 0 ? data : null;
}

/** The same ones at every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
}

it.each([
  ["a large file's entries", "services:\n  one:\n    path: /one\n    upstream:\n      targets:\n        - url: http://127.0.0.1:9000\n          weight: 1\n    access: key\n  two: { path: /two, upstream: { targets: [{ url: http://127.0.0.1:9001 }] }, access: key }\n"],
  ["sequences in the column of their key", "consumers:\n  shop:\n    keys:\n    - name: one\n      hash: sha256:00\n    - {name: two, hash: sha256:01}\n    limits:\n    -   requests: 10\n        per: 1m\n"],
  ["comments and empty lines", "# first\n\n---\na: 1 # one\n#   between\nb: x#y  #z\n\n   # deeper\nc:\n# at the margin\n  - d\n  # last\n"],
  ["texts in quotes", "\"a b\": \"x: \\\"y\\\" # \\n\\\\\"\n'it''s': 'a \"b\" ''c'''\nplain: {\"x\":1,\"y\":[\"z\"], 'w': ''}\n"],
  ["what is not text", "a: [1, -2, 0x1f, 0o17, 1e3, .5, -.5, true, False, null, ~, .inf, -.INF, .nan, yes, 12:30, 2026-01-01]\nb: 010\nc: null\nd: +1\ne: 1_000\n"],
  ["what is empty", "a:\nb: {}\nc: []\nd:\n  -\n  - x\n  -\ne: ''\nf:\n"],
  ["variables, addresses and patterns", "a: ${NAME:-x}\nb: http://[::1]:80/x?y=z#f\nc: /orders/{id}/**\nd: https://example.com/a:b\ne: x, y\nf: 50 USD\n/items: id\n1: one\n"],
  ["letters of other alphabets", "größe: ü # ä\nнабор: [日本, \"é\"]\n"],
  ["values in a line of their own, and sequences in sequences", "a:\n  text\nb:\n  { c: d }\ne:\n  - - 1\n    - 2\n  - - - x\n  - f: g\n    h:\n    - i\n"],
  ["no break at the end", "a:\n  b: c"],
])("reads %s", (_what, text) => {
  const data = dataOfBlock(text);
  expect(data).not.toBeNull();
  expect(data).toEqual(dataOfYaml(text));
  expect(JSON.stringify(data)).toBe(JSON.stringify(dataOfYaml(text)));
});

it.each([
  ["a key that is there twice", "a: 1\na: 2\n"], ["a key that is there twice in braces", "x: { a: 1, a: 2 }\n"], ["keys of objects themselves", "__proto__: 1\n"], ["a merge", "<<: { a: 1 }\n"],
  ["anchors", "a: &x 1\nb: *x\n"], ["tags", "a: !!str 1\n"], ["texts of several lines", "a: one\n  two\n"], ["literal blocks", "a: |\n  one\n"], ["quotes over several lines", "a: \"one\n  two\"\n"],
  ["braces over several lines", "a: {\n  b: c }\n"], ["tabs", "a:\tb\n"], ["returns", "a: b\r\n"], ["a second document", "a: b\n---\nc: d\n"], ["a document's end", "a: b\n...\n"], ["directives", "%YAML 1.2\n---\na: b\n"],
  ["a mapping in a value", "a: b: c\n"], ["an entry that is indented less than its neighbours", "a:\n    b: c\n  d: e\n"], ["an entry that is indented more", "a:\n  b: c\n    d: e\n"], ["complex keys", "? a\n: b\n"],
  ["an entry without a colon", "a: b\nc\n"], ["something behind a quote", "a: \"b\" c\n"], ["a comma without anything", "a: [b,,c]\n"], ["braces that stay open", "a: { b: c\n"], ["a list", "- a\n"], ["a text", "a\n"], ["nothing", ""],
  ["what a mark of order precedes", "\uFEFFa: b\n"], ["too deep a nesting", `a: ${"[".repeat(60)}${"]".repeat(60)}\n`],
])("leaves %s to the library", (_what, text) => {
  expect(dataOfBlock(text)).toBeNull();
});

const scalars = ["x", "a b", "1", "-1", "1.50", "true", "null", "~", "''", "\"\"", "'it''s'", "\"q\\n\\\"\"", "\"\\x41\"", "http://h:1/p", "${A:-b}", "sha256:0af", "a:b", "a#b", "-", "- x", "?", "x: y", "{ a: b }", "{a: b,c: [1, 2], }", "{ \"a\":1 }", "[a, 'b',\"c\"]", "[]", "{}", "[ {a: }, ]", "[a: b]", "{a}", "|", ">-", "*a", "&a b", "!t x", "%x", "@x", "`x`", ",x", "ü", "[\n", "\"x", "'", "0o7", ".5", "1e5", "+.inf", ": x", "#x", "x #", "{a: b} c", "\"a\" # c", "[a] #", "- - y", "-x", "2026-01-01", "{a:b}", "{a:,b: c}", "[,]", "a,b]", "x\\ny"];
const keys = ["a", "b", "c", "a b", "\"d\"", "'e'", "/f", "1", "true", "é", "constructor", "a:b", "x-y", "\"g\\n\"", "~", "-z", "?k", "[k]", "<<"];

/** Documents of a few lines, of which many are none. */
function documentOf(random: (below: number) => number): string {
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const lines: string[] = [];
  let indent = 0;
  for (let count = random(9) + 1; count > 0; count--) {
    const shape = random(12);
    const padding = " ".repeat(Math.max(0, indent + (random(25) === 0 ? random(3) - 1 : 0)));
    const value = random(6) === 0 ? "" : ` ${pick(scalars)}`;
    const end = random(9) === 0 ? pick([" # c", "  ", "#", " #"]) : "";
    if (shape === 0) lines.push(pick(["", "# c", "    # c", "   ", "---", "..."]));
    else if (shape < 4) lines.push(`${padding}-${value}${end}`);
    else if (shape < 6) lines.push(`${padding}- ${pick(keys)}:${value}${end}`);
    else lines.push(`${padding}${pick(keys)}:${value}${end}`);
    const change = random(5);
    if (value === "" || change === 0) indent += pick([2, 2, 2, 4, 1, 0]);
    else if (change === 1) indent = Math.max(0, indent - 2);
  }
  return lines.join("\n") + (random(8) === 0 ? "" : "\n");
}

it("never reads anything other than what the library reads", () => {
  const random = randomOf(20_261_123);
  let read = 0;
  for (let round = 0; round < 30_000; round++) {
    const text = documentOf(random);
    const data = dataOfBlock(text);
    if (data === null) continue;
    read++;
    const whole = dataOfYaml(text);
    // Of NaN and infinity JSON says the same, and of two orders of members equality.
    if (!isDeepStrictEqual(data, whole) || JSON.stringify(data) !== JSON.stringify(whole)) expect({ text, data }).toEqual({ text, data: whole });
  }
  expect(read).toBeGreaterThan(1_000);
});
