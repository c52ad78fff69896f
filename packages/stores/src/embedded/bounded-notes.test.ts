import { expect, test } from "vitest";
import { BoundedNotes } from "./bounded-notes.ts";

test("of more notes than it holds, forgets those that were left longest ago, one for each that comes", () => {
  const notes = new BoundedNotes();
  const most = 100_000;
  for (let index = 0; index < most; index++) notes.set(`note ${index}`, "text", 10);
  notes.set("note 0", "again", 10);
  for (let index = 0; index < 3; index++) notes.set(`late ${index}`, "text", 10);
  expect(notes.size).toBe(most);
  expect(["note 0", "note 1", "note 2", "note 3", "note 4", "late 2"].map((key) => notes.get(key, 5))).toEqual(["again", null, null, null, "text", "text"]);
});
