import { expect, test } from "vitest";
import { matchCommands } from "./match-commands.ts";

const commands = [
  { title: "Consumers", group: "Page" },
  { title: "Add a consumer", group: "Action" },
  { title: "acme", group: "Consumer" },
  { title: "Calls", group: "Page" },
];

function titles(typed: string, limit = 10): string[] {
  return matchCommands(commands, typed, limit).map((command) => command.title);
}

test("a beginning comes before a word, a word before the group's name", () => {
  expect(titles("cons")).toEqual(["Consumers", "Add a consumer", "acme"]);
});

test("every word has to occur", () => {
  expect(titles("add cons")).toEqual(["Add a consumer"]);
  expect(titles("consumer acme")).toEqual(["acme"]);
  expect(titles("zebra")).toEqual([]);
});

test("nothing typed shows the first ones in their order", () => {
  expect(titles("", 2)).toEqual(["Consumers", "Add a consumer"]);
});
