import { afterEach, beforeEach, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.stop());

const search = { q: "service:notes status:409", range: "24h" };

test("keeps a search under a name, and changes and forgets it only in the state that was read", async () => {
  const made = await control.call("PUT", "/api/searches/night shift", { body: { search }, headers: { "if-none-match": "*" } });
  expect(made).toMatchObject({ status: 201, body: { name: "night shift", search } });
  expect((await control.call("GET", "/api/searches")).body).toMatchObject({ items: [{ name: "night shift", search, etag: made.etag }] });
  const changed = await control.call("PUT", "/api/searches/night shift", { body: { search: { q: "status:5xx" } }, headers: { "if-match": made.etag ?? "" } });
  expect(changed.status).toBe(200);
  expect(await control.call("PUT", "/api/searches/night shift", { body: { search }, headers: { "if-match": made.etag ?? "" } })).toMatchObject({ status: 412, etag: changed.etag });
  expect(await control.call("DELETE", "/api/searches/night shift")).toMatchObject({ status: 428 });
  expect(await control.call("DELETE", "/api/searches/night shift", { headers: { "if-match": changed.etag ?? "" } })).toMatchObject({ status: 204 });
  expect((await control.call("GET", "/api/searches")).body).toEqual({ items: [] });
});

test("keeps so many and no more, and says what to do", async () => {
  for (let index = 0; index < 200; index++) expect((await control.call("PUT", `/api/searches/s${index}`, { body: { search }, headers: { "if-none-match": "*" } })).status).toBe(201);
  expect(await control.call("PUT", "/api/searches/more", { body: { search }, headers: { "if-none-match": "*" } })).toMatchObject({ status: 409, body: { code: "too-many-searches" } });
});

test.each([[{ q: 7 }], [{ q: "x".repeat(5_000) }], [Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`m${index}`, "x"]))]])("refuses what is no search", async (wrong) => {
  expect(await control.call("PUT", "/api/searches/a", { body: { search: wrong }, headers: { "if-none-match": "*" } })).toMatchObject({ status: 400 });
});
