import { expect, test } from "vitest";
import { pathUnder, requestOf, type ReplayDraft } from "./replay-request.ts";

const draft: ReplayDraft = { method: "PUT", path: "/notes/7", headers: "Content-Type: application/json\nIf-Match: \"3\"", body: "{}", idempotencyKey: "" };
const none = new Set<string>();

test("what may change something is not repeated without a new idempotency key", () => {
  expect(requestOf(draft, none)).toMatchObject({ ok: false, place: "idempotencyKey" });
  expect(requestOf({ ...draft, idempotencyKey: "once" }, new Set(["once"]))).toMatchObject({ ok: false, place: "idempotencyKey" });
  expect(requestOf({ ...draft, idempotencyKey: "new" }, new Set(["once"]))).toEqual({
    ok: true, call: { method: "PUT", path: "/notes/7", headers: { "Content-Type": "application/json", "If-Match": '"3"', "Idempotency-Key": "new" }, body: "{}" },
  });
});

test("a key among the headers is not a way around", () => {
  expect(requestOf({ ...draft, headers: "Idempotency-Key: old" }, none)).toMatchObject({ ok: false, place: "idempotencyKey" });
});

test("a safe call needs no key and sends no body", () => {
  expect(requestOf({ ...draft, method: "get", headers: "" }, none)).toEqual({ ok: true, call: { method: "GET", path: "/notes/7", headers: {} } });
});

test("what is no header field and no path is told with its place", () => {
  expect(requestOf({ ...draft, method: "GET", headers: "no colon here" }, none)).toMatchObject({ ok: false, place: "headers" });
  expect(requestOf({ ...draft, method: "GET", path: "notes 7" }, none)).toMatchObject({ ok: false, place: "path" });
});

test("a path moves to another service with what follows the service's own", () => {
  expect(pathUnder("/notes/7?x=1", "/notes", "/drafts")).toBe("/drafts/7?x=1");
  expect(pathUnder("/notesbook/7", "/notes", "/drafts")).toBe("/drafts");
  expect(pathUnder("/notes", "/notes", "/")).toBe("/");
});
