import { expect, test } from "vitest";
import { differencesOf } from "./differences.ts";

test("an overlap has all three values, a change theirs alone, and what was meant to change is marked", () => {
  const rows = differencesOf({
    changes: [{ op: "replace", path: "/title", value: "theirs" }, { op: "remove", path: "/owner/mail" }, { op: "add", path: "/owner/name", value: "bob" }],
    intended: ["/title", "/shade"],
    conflicts: [{ pointer: "/title", base: "one", theirs: "theirs", yours: "mine" }],
  });
  expect(rows.map(({ name, depth, overlap, sides }) => [name, depth, overlap, sides?.theirs.kind, sides?.yours.kind])).toEqual([
    ["/owner", 0, false, undefined, undefined],
    ["/mail", 1, false, "absent", "same"],
    ["/name", 1, false, "value", "same"],
    ["/shade", 0, false, "same", "changed"],
    ["/title", 0, true, "value", "value"],
  ]);
});

test("what was read is shown where it is kept", () => {
  const rows = differencesOf({ changes: [{ op: "add", path: "/owner/name", value: "bob" }, { op: "replace", path: "/a~1b", value: 2 }] }, { owner: {}, "a/b": 1 });
  expect(rows.map(({ name, sides }) => [name, sides?.base])).toEqual([["/a~1b", { kind: "value", text: "1" }], ["/owner/name", { kind: "absent" }]]);
});

test("places with nothing between them stand on one line, and nothing is no difference", () => {
  expect(differencesOf({ pointers: ["/a/b/c"] }).map(({ name, depth }) => [name, depth])).toEqual([["/a/b/c", 0]]);
  expect(differencesOf({ pointers: ["/a/b/c", "/a/b/d/e", "/a/x"] }).map(({ name, depth }) => [name, depth])).toEqual([["/a", 0], ["/b", 1], ["/c", 2], ["/d/e", 2], ["/x", 1]]);
  expect(differencesOf({})).toEqual([]);
});
