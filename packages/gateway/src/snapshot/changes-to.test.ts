import { emptySnapshot, type SnapshotChange } from "@parley/contract/snapshot";
import { expect, it } from "vitest";
import { changesTo, keptOf } from "./changes-to.ts";

const nameOf = (index: number): string => `team-${index}`;
const teams = (count: number): SnapshotChange[] => Array.from({ length: count }, (_, index) => ({ kind: "team", name: nameOf(index), value: { limits: [] } }) as unknown as SnapshotChange);

it("tells what a snapshot has, then what is gone, and where a slice may end meanwhile", () => {
  const inForce = Array.from({ length: 10_001 }, (_, index) => nameOf(index));
  const told = [...changesTo(teams(10_000), (kind) => keptOf(kind === "team" ? inForce : Object.keys(emptySnapshot().entities[kind])))];
  const gone = told.pop();
  expect(gone).toEqual({ kind: "team", name: "team-10000", value: null });
  expect(told.slice(0, 10_000)).toEqual(teams(10_000));
  const pauses = told.slice(10_000);
  expect(pauses.length).toBeGreaterThan(10);
  expect(pauses.every((pause) => pause === null)).toBe(true);
});
