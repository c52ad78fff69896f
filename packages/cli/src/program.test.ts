import { expect, test } from "vitest";
import { runCommand } from "./program.ts";

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
