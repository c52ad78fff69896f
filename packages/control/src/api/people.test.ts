import { ownActors } from "@parley/contract/api/people";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addPerson, cookieOf, password, signInFirst, startControl, tokenOf, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.stop());

const reserved = { status: 400, body: { code: "invalid-body", errors: [{ pointer: "/name", message: expect.stringContaining("choose another name") as string }] } };

test("nobody is called as the audit log calls what is no person", async () => {
  const token = tokenOf(control.process.firstRun?.signInUrl ?? "");
  for (const name of [...ownActors, "Token", "FILE"]) {
    expect(await control.call("POST", "/api/people", { body: { name, role: "viewer" } })).toMatchObject(reserved);
    expect(await control.call("POST", "/api/session/link", { cookie: null, body: { token, name, password } })).toMatchObject(reserved);
  }
  expect((await control.call("GET", "/api/people")).body.items).toEqual([]);
  // The link is as good as before.
  await signInFirst(control, "token-person");
});

test("whoever has been called so for long signs in, and is changed and removed as everybody is", async () => {
  await control.drain();
  const store = openEmbeddedConfigStore(control.place.configDatabase);
  await store.people.add({ name: "cli", role: "viewer", at: 1 }, []);
  await store.close();
  control = await control.restart();
  const { url } = (await control.call("POST", "/api/people/cli/link")).body as unknown as { url: string };
  const cookie = cookieOf(await control.call("POST", "/api/session/link", { cookie: null, body: { token: tokenOf(url), name: "cli", password } }));
  expect((await control.call("GET", "/api/session", { cookie })).body["person"]).toEqual({ name: "cli", role: "viewer" });
  const changed = await control.call("PATCH", "/api/people/cli", { body: { role: "editor" }, ifMatch: "*" });
  expect(changed).toMatchObject({ status: 200, body: { name: "cli", role: "editor" } });
  expect((await control.call("DELETE", "/api/people/cli", { ifMatch: changed.etag })).status).toBe(204);
});

test("the searches of somebody who was removed are gone, and the next person of that name begins with none", async () => {
  await signInFirst(control);
  const bob = await addPerson(control, "bob", "viewer");
  const eve = await addPerson(control, "eve", "viewer");
  for (const cookie of [bob, eve]) expect((await control.call("PUT", "/api/searches/mine", { cookie, create: true, body: { search: { q: "consumer:acme" } } })).status).toBe(201);
  expect((await control.call("DELETE", "/api/people/bob", { ifMatch: "*" })).status).toBe(204);
  const next = await addPerson(control, "bob", "viewer");
  expect((await control.call("GET", "/api/searches", { cookie: next })).body).toEqual({ items: [] });
  expect((await control.call("GET", "/api/searches", { cookie: eve })).body.items).toHaveLength(1);
});
