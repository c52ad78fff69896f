import type { Command } from "commander";
import type { ProblemEntry } from "@parley/contract/problems/entry";
import { problems } from "@parley/contract/problems/table";
import { parseQuery } from "@parley/contract/query/parse";
import { expect, test } from "vitest";
import { buildProgram, runCommand } from "./program.ts";
import type { Terminal } from "./terminal.ts";

async function helpOf(words: readonly string[]): Promise<string> {
  let help = "";
  const write = (text: string): void => void (help += text);
  expect(await runCommand([...words, "--help"], { out: write, error: write, colour: { out: false, error: false }, environment: {} })).toBe(0);
  return help;
}

/** Every command and every command below one, as their helps name them. */
async function allHelps(words: readonly string[] = []): Promise<[string, string][]> {
  const help = await helpOf(words);
  const below = [...(help.split("\nCommands:\n")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
  return [[words.join(" "), help], ...(await Promise.all(below.map((name) => allHelps([...words, name])))).flat()];
}

test("every command's help has examples, which are of that command", async () => {
  const helps = (await allHelps()).filter(([command]) => command !== "");
  expect(helps.map(([command]) => command)).toEqual(expect.arrayContaining(["up", "rollout", "rollout promote", "admin reset", "version", "install"]));
  for (const [command, help] of helps) expect(help.split("\nExamples:\n")[1], command).toContain(`$ ./parley ${command}`);
});

/** Lines of the problems' pages that call the program, without what they set in the environment. */
const shown = Object.entries<ProblemEntry>(problems).flatMap(([code, { example = "" }]) =>
  example.split("\n").flatMap((line) => {
    const [, words] = /^(?:[A-Z_]+=\S+ )*\.\/parley (.+)$/.exec(line) ?? [];
    return words === undefined ? [] : [{ code, words: words.split(" ") }];
  }),
);
const terminal: Terminal = { out: () => {}, error: () => {}, colour: { out: false, error: false }, environment: {} };
const commandsShown = [...Map.groupBy(shown, ({ words }) => words.join(" ")).values()].map((same) => ({ words: same[0]?.words ?? [], codes: same.map(({ code }) => code).join(", ") }));

test("the problems' pages call the program as anybody may", () => {
  expect(commandsShown.length).toBeGreaterThan(10);
});

test.each(commandsShown)("the page of $codes shows a command with options that it has", ({ words }) => {
  let command: Command = buildProgram(terminal, { exit: 0 });
  let rest = words;
  for (let next = find(command, rest); next !== undefined; next = find(command, rest)) [command, rest] = [next, rest.slice(1)];
  const { operands, unknown } = command.parseOptions(rest);
  expect(command.parent, "a command of the program").not.toBeNull();
  expect(command.commands, "not a group of commands").toEqual([]);
  expect(unknown).toEqual([]);
  expect(operands.length).toBeGreaterThanOrEqual(command.registeredArguments.filter(({ required }) => required).length);
  expect(operands.length).toBeLessThanOrEqual(command.registeredArguments.length);
  const { query } = command.opts<{ query?: string }>();
  if (query !== undefined) expect(parseQuery(query, 0)).toMatchObject({ ok: true });
});

function find(command: Command, [name]: readonly string[]): Command | undefined {
  return command.commands.find((each) => each.name() === name);
}

test.each([
  [["up", "--gateway-port", "70000"], "./parley up --help"],
  [["check", "one.yaml", "two.yaml"], "./parley check --help"],
  [["plan"], "./parley plan --help"],
  [["rollout", "status"], "./parley rollout status --help"],
  [["rollout", "sideways"], "./parley rollout --help"],
  [["plna"], "./parley --help"],
])("a wrong use, %j, has a code and leads to the help of the command, for people and for programs", async (words, help) => {
  let told = "";
  const listening: Terminal = { ...terminal, error: (text) => void (told += text) };
  expect(await runCommand(words, listening)).toBe(1);
  expect(told).toMatch(/^error\[usage\]: (?!error)\S/);
  expect(told).toMatch(new RegExp(`\n  fix: ${help}\n$`));
  told = "";
  expect(await runCommand([...words, "--json"], listening)).toBe(1);
  expect(JSON.parse(told)).toEqual({ error: { code: "usage", message: expect.stringMatching(/^(?!error)\S/), fix: help } });
});

test.each([
  [["up", "--data", "--json"], "-d, --data <directory>", "./parley up --help", "--data=--json"],
  [["up", "-d", "--json"], "-d, --data <directory>", "./parley up --help", "--data=--json"],
  [["up", "--config", "-d", "there"], "-c, --config <file>", "./parley up --help", "--config=-d"],
  [["calls", "--service", "notes", "--query", "--follow"], "--query <query>", "./parley calls --help", "--query=--follow"],
  [["admin", "reset", "--admin", "--data", "there"], "--admin <url>", "./parley admin reset --help", "--admin=--data"],
])("an option in place of a value, %j, is refused as a missing value, and how to write it is told", async (words, option, help, written) => {
  let told = "";
  expect(await runCommand(words, { ...terminal, error: (text) => void (told += text) })).toBe(1);
  const at = words.findIndex((word, index) => index > 0 && written.endsWith(`=${word}`));
  const message = `option '${option}' argument missing: ${words[at]} is an option`;
  const fix = `${help}. A value that begins so is written ${written}`;
  if (words.includes("--json")) expect(JSON.parse(told)).toEqual({ error: { code: "usage", message, fix } });
  else expect(told).toBe(`error[usage]: ${message}\n  fix: ${fix}\n`);
});

test.each([
  [["check", "--file=--no-such-file"], "--no-such-file"],
  [["check", "--file", "-no-such-file"], "-no-such-file"],
  [["check", "--", "--file"], "--file"],
])("a value that begins with a hyphen is taken as it is: %j", async (words, name) => {
  let told = "";
  expect(await runCommand(words, { ...terminal, out: (text) => void (told += text), error: (text) => void (told += text) })).toBe(1);
  expect(told).toMatch(new RegExp(`(?:^|[ /])${name}\\b`, "m"));
  expect(told).not.toContain("error[usage]");
});
