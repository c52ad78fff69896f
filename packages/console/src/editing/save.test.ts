import type { Entity } from "@parley/contract/api/entities";
import { expect, test } from "vitest";
import { ProblemError } from "../api/problem-error.ts";
import type { EntityPort } from "./entity-port.ts";
import { save } from "./save.ts";

interface Spec {
  path: string;
  access: string;
}

/** A store of one thing that refuses stale writes, as the admin API does. */
function store(first: Spec): EntityPort<Spec> & { current: () => Entity<Spec>; change: (spec: Spec, by: string) => void } {
  let entity: Entity<Spec> = { name: "notes", spec: first, origin: "database", etag: '"1"', updatedAt: "", updatedBy: "ann" };
  const change = (spec: Spec, updatedBy: string) => {
    entity = { ...entity, spec, updatedBy, etag: `"${Number(entity.etag.slice(1, -1)) + 1}"` };
  };
  return {
    kind: "service",
    word: "service",
    placeInFile: () => [],
    read: async () => entity,
    write: async (_, spec, etag) => {
      if (etag !== entity.etag) throw new ProblemError({ title: "", detail: "", fix: "", code: "precondition-failed", status: 412, members: {} });
      change(spec, "me");
      return entity;
    },
    remove: null,
    current: () => entity,
    change,
  };
}

test("a save on top of what was read is just saved", async () => {
  const port = store({ path: "/a", access: "key" });
  const saved = await save(port, { name: "notes", base: port.current(), spec: { path: "/b", access: "key" } });
  expect(saved).toMatchObject({ outcome: "saved", merged: [], entity: { spec: { path: "/b", access: "key" } } });
});

test("a stale save of other fields keeps both people's changes", async () => {
  const port = store({ path: "/a", access: "key" });
  const base = port.current();
  port.change({ path: "/a", access: "open" }, "bob");
  const saved = await save(port, { name: "notes", base, spec: { path: "/b", access: "key" } });
  expect(saved).toMatchObject({ outcome: "saved", merged: ["/access"], by: "bob" });
  expect(port.current().spec).toEqual({ path: "/b", access: "open" });
});

test("a stale save of the same field writes nothing and hands back all three values", async () => {
  const port = store({ path: "/a", access: "key" });
  const base = port.current();
  port.change({ path: "/theirs", access: "key" }, "bob");
  const saved = await save(port, { name: "notes", base, spec: { path: "/mine", access: "key" } });
  expect(saved).toMatchObject({ outcome: "overlap", theirs: { updatedBy: "bob" }, merge: { overlaps: [{ base: "/a", mine: "/mine", theirs: "/theirs" }] } });
  expect(port.current().spec).toEqual({ path: "/theirs", access: "key" });
});

test("a new thing whose name is taken is refused, never merged", async () => {
  const port = store({ path: "/a", access: "key" });
  await expect(save(port, { name: "notes", base: null, spec: { path: "/b", access: "key" } })).rejects.toThrow(ProblemError);
  expect(port.current().spec.path).toBe("/a");
});
