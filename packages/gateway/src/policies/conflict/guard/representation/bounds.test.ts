import { expect, it } from "vitest";
import { GivenTags } from "./given-tags.ts";
import { LatestEntries } from "./latest-entries.ts";
import { SeenStates } from "./seen-states.ts";

it("a million resources that one key reads cost what some thousands do, and the latest are what is remembered", { timeout: 60_000 }, () => {
  const [given, seen] = [new GivenTags(), new SeenStates()];
  const name = (index: number): string => `/notes/${index}`;
  for (let index = 0; index < 1_000_000; index += 1) {
    given.add(name(index), { path: name(index), view: "", digestView: "", query: "", accept: ["Accept", `text/x-${index % 5_000}`] });
    seen.set(name(index), "", { key: name(index), revision: 1, fence: 0 });
  }
  const known = (index: number): boolean[] => [given.find(name(index)) !== undefined, seen.find(name(index), "") !== undefined];
  expect([0, 500_000, 979_999, 980_000, 999_999].map(known)).toEqual([[false, false], [false, false], [false, false], [true, true], [true, true]]);
  expect(given.find(name(999_999))?.accept).toEqual(["Accept", "text/x-4999"]);
});

it("what is set again is remembered for longer than what was not", () => {
  const latest = new LatestEntries<number>(3);
  for (const key of ["a", "b", "c"]) latest.set(key, 1);
  latest.set("a", 2);
  for (const key of ["d", "e"]) latest.set(key, 1);
  expect(["a", "b", "c", "d", "e"].map((key) => latest.get(key))).toEqual([2, undefined, undefined, 1, 1]);
  for (let round = 0; round < 1_000; round += 1) latest.set(`key-${round % 7}`, round);
  // 997, 998 and 999 were the last.
  expect(Array.from({ length: 7 }, (_, index) => latest.get(`key-${index}`))).toEqual(Array.from({ length: 7 }, (_, index) => [997, 998, 999].find((round) => round % 7 === index)));
});
