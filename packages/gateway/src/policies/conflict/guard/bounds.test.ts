import { expect, it } from "vitest";
import { GivenTags } from "./given-tags.ts";
import { SeenStates } from "./seen-states.ts";

it("a million resources that one key reads cost what some thousands do, and the latest are what is remembered", { timeout: 60_000 }, () => {
  const [given, seen] = [new GivenTags(), new SeenStates()];
  const name = (index: number): string => `/notes/${index}`;
  for (let index = 0; index < 1_000_000; index += 1) {
    given.add(name(index), { path: name(index), view: "", digestView: "", query: "", accept: ["Accept", `text/x-${index}`] });
    seen.set(name(index), "", { key: name(index), revision: 1 });
  }
  const remembered = (has: (index: number) => boolean): number => Array.from({ length: 1_000_000 }, (_, index) => has(index)).filter(Boolean).length;
  expect([remembered((index) => given.find(name(index)) !== undefined), remembered((index) => seen.find(name(index), "") !== undefined)]).toEqual([20_000, 20_000]);
  expect([given.find(name(999_999))?.accept, seen.find(name(0), "")]).toEqual([["Accept", "text/x-999999"], undefined]);
});
