import { expect, test } from "vitest";
import { collisionsOf } from "./collisions.ts";

test("a conflict counts for who met it, with everybody else who took part", () => {
  const { people, count, most } = collisionsOf([{ consumers: ["ann", "bob"] }, { consumers: ["ann", "bob"] }, { consumers: ["bob", "ann", "cid"] }]);
  expect(people.toSorted()).toEqual(["ann", "bob", "cid"]);
  expect([count("ann", "bob"), count("bob", "ann"), count("bob", "cid"), count("cid", "bob")]).toEqual([2, 1, 1, 0]);
  expect(most).toBe(2);
});

test("who collides with nobody else collides with themselves, and nobody known is nobody", () => {
  const { people, count } = collisionsOf([{ consumers: ["ann"] }, { consumers: [] }]);
  expect([people, count("ann", "ann")]).toEqual([["ann"], 1]);
});
