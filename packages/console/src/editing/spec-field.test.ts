import { expect, test } from "vitest";
import { fieldAt, setField } from "./spec-field.ts";

test("a field is set where its parents are missing, and everything else stays", () => {
  expect(setField({ path: "/a" }, ["upstream", "timeouts", "connect"], "1s")).toEqual({ path: "/a", upstream: { timeouts: { connect: "1s" } } });
});

test("emptying the last field of an object takes the object out", () => {
  expect(setField({ path: "/a", upstream: { health: { path: "/h" }, balance: "ewma" } }, ["upstream", "health", "path"], undefined)).toEqual({ path: "/a", upstream: { balance: "ewma" } });
  expect(setField({ path: "/a" }, ["path"], undefined)).toEqual({});
});

test("items of a list keep their places", () => {
  const spec = { targets: [{ url: "a", weight: 1 }, { url: "b" }] };
  expect(setField(spec, ["targets", 1, "url"], undefined)).toEqual({ targets: [{ url: "a", weight: 1 }, {}] });
  expect(fieldAt(spec, ["targets", 0, "weight"])).toBe(1);
  expect(fieldAt(spec, ["targets", 5, "weight"])).toBeUndefined();
});
