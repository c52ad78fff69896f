import { expect, it } from "vitest";
import { LargeBodies } from "./large-bodies.ts";

it("a large body is told once for each resource, and a flood of them once a second", () => {
  const lines: unknown[] = [];
  let now = 0;
  const large = new LargeBodies({ service: "notes", maxBodyBytes: 1_000 }, { monotonicMs: () => now, warn: (_message, details) => lines.push(details) });
  for (let turn = 0; turn < 10; turn += 1) large.met("/notes/1", "read");
  for (let number = 2; number < 100; number += 1) large.met(`/notes/${number}`, "read");
  now = 1_000;
  large.met("/notes/1", "written");
  large.met("/notes/2", "written");
  expect(lines).toEqual([
    { service: "notes", maxBodyBytes: 1_000, resource: "/notes/1", direction: "read" },
    { service: "notes", maxBodyBytes: 1_000, resource: "/notes/2", direction: "written" },
  ]);
});
