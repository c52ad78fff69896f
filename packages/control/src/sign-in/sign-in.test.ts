import { randomBytes } from "node:crypto";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addPerson, cookieOf, password, signInFirst, startControl, tokenOf, type TestControl } from "../testing/start-control.ts";
import { resetPerson } from "../main/reset-person.ts";
import { addressGroup } from "./attempts.ts";
import { SignIn } from "./sign-in.ts";

let control: TestControl;
let nowMs: number;
beforeEach(async () => {
  nowMs = Date.UTC(2030, 0);
  control = await startControl({ now: () => nowMs });
});
afterEach(() => control.stop());

const signIn = (name: string, secret = password) => control.call("POST", "/api/session", { cookie: null, body: { name, password: secret } });
const session = (cookie: string) => control.call("GET", "/api/session", { cookie });
const useLink = (url: string, body: Record<string, string>) => control.call("POST", "/api/session/link", { cookie: null, body: { token: tokenOf(url), ...body } });

describe("the first run", () => {
  test("lets one person in by its link, once, with a name and a password of their choice (APIParkLab/APIPark#418)", async () => {
    const url = control.process.firstRun?.signInUrl ?? "";
    expect(url).toMatch(new RegExp(`^${control.url}/welcome#token=[\\w-]{43}$`));
    const look = await control.call("POST", "/api/session/link/inspect", { cookie: null, body: { token: tokenOf(url) } });
    expect(look.body).toEqual({ name: null, expiresAt: new Date(nowMs + 24 * 3_600_000).toISOString() });
    expect(await useLink(url, { password })).toMatchObject({ status: 400, body: { errors: [{ pointer: "/name" }] } });
    expect(await useLink(url, { name: "ann", password: "short" })).toMatchObject({ status: 400, body: { errors: [{ pointer: "/password" }] } });
    const first = await useLink(url, { name: "ann", password });
    expect(first).toMatchObject({ status: 200, body: { person: { name: "ann", role: "owner" }, mode: "database" } });
    expect(await useLink(url, { name: "eve", password })).toMatchObject({ status: 410, body: { code: "sign-in-link-used" } });
    expect(await session(cookieOf(first))).toMatchObject({ status: 200, body: { person: { name: "ann" } } });
  });

  test("replaces its link at each start, and makes the first key once", async () => {
    const before = control.process.firstRun;
    control = await control.restart();
    expect(before?.key).toMatch(/^pk_/);
    expect(control.process.firstRun?.key).toBeNull();
    expect(await useLink(before?.signInUrl ?? "", { name: "ann", password })).toMatchObject({ status: 410 });
    await signInFirst(control);
    control = await control.restart();
    expect(control.process.firstRun).toBeNull();
  });

  test("keeps nothing that could be used from the database", async () => {
    await signInFirst(control);
    const secrets = [tokenOf(control.process.firstRun?.signInUrl ?? ""), control.process.firstRun?.key ?? "", password];
    const { readFileSync } = await import("node:fs");
    const files = [control.place.configDatabase, `${control.place.configDatabase}-wal`].map((path) => readFileSync(path));
    for (const secret of secrets) expect(files.some((file) => file.includes(secret))).toBe(false);
  });

  test("ends after a day", async () => {
    nowMs += 24 * 3_600_000;
    expect(await useLink(control.process.firstRun?.signInUrl ?? "", { name: "ann", password })).toMatchObject({ status: 410 });
  });
});

describe("sessions", () => {
  test("are in a cookie that no script and no other site reaches", async () => {
    await signInFirst(control);
    const plain = (await signIn("ann")).headers.get("set-cookie") ?? "";
    expect(plain).toMatch(/^parley_\d+=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/);
    const behindTls = await control.call("POST", "/api/session", { cookie: null, headers: { "x-forwarded-proto": "https" }, body: { name: "ann", password } });
    expect(behindTls.headers.get("set-cookie")).toMatch(/^__Host-parley=.*; Secure$/);
  });

  test("end with signing out, and alone", async () => {
    const one = await signInFirst(control);
    const other = cookieOf(await signIn("ann"));
    const out = await control.call("DELETE", "/api/session", { cookie: one });
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect([await session(one), await session(other)]).toMatchObject([{ status: 401 }, { status: 200 }]);
  });

  test("end a day after their last use, and after a week whatever their use", async () => {
    const idle = await signInFirst(control);
    const used = cookieOf(await signIn("ann"));
    for (let hours = 0; hours < 24 * 7 - 12; hours += 12) {
      nowMs += 12 * 3_600_000;
      expect(await session(used)).toMatchObject({ status: 200 });
    }
    expect(await session(idle)).toMatchObject({ status: 401 });
    nowMs += 12 * 3_600_000;
    expect(await session(used)).toMatchObject({ status: 401 });
  });

  test("other ones end when the password changes", async () => {
    const here = await signInFirst(control);
    const elsewhere = cookieOf(await signIn("ann"));
    const change = (current: string) => control.call("POST", "/api/session/password", { cookie: here, body: { current, next: "another long password" } });
    expect(await change("not the password")).toMatchObject({ status: 401, body: { code: "wrong-credentials" } });
    expect(await change(password)).toMatchObject({ status: 204 });
    expect([await session(here), await session(elsewhere)]).toMatchObject([{ status: 200 }, { status: 401 }]);
    expect([await signIn("ann"), await signIn("ann", "another long password")]).toMatchObject([{ status: 401 }, { status: 200 }]);
  });
});

describe("people", () => {
  test("are added with a link, and disabled with the end of their sessions", async () => {
    await signInFirst(control);
    const bob = await addPerson(control, "bob@example.com", "editor");
    const path = `/api/people/${encodeURIComponent("bob@example.com")}`;
    const { etag, body } = await control.call("GET", path);
    expect(body).toMatchObject({ name: "bob@example.com", role: "editor", active: true, disabled: false });
    expect(await control.call("PATCH", path, { body: { disabled: true } })).toMatchObject({ status: 428 });
    expect(await control.call("PATCH", path, { ifMatch: '"stale"', body: { disabled: true } })).toMatchObject({ status: 412, etag });
    expect(await control.call("PATCH", path, { ifMatch: etag, body: { disabled: true } })).toMatchObject({ status: 200, body: { disabled: true } });
    expect([await session(bob), await signIn("bob@example.com")]).toMatchObject([{ status: 401 }, { status: 401 }]);
    expect(await control.call("POST", `${path}/link`)).toMatchObject({ status: 409 });
    expect(await control.call("POST", "/api/people", { body: { name: "bob@example.com", role: "viewer" } })).toMatchObject({ status: 409, body: { code: "exists" } });
  });

  test("are one person in whatever case their name is written: nobody else is added, and all of it is noted under the name as it is", async () => {
    await signInFirst(control);
    await addPerson(control, "Bob@example.com", "editor");
    expect(await control.call("POST", "/api/people", { body: { name: "bob@EXAMPLE.com", role: "viewer" } })).toMatchObject({ status: 409, body: { code: "exists", detail: expect.stringContaining("Bob@example.com") as string } });
    expect(await signIn("bob@example.com")).toMatchObject({ status: 200, body: { person: { name: "Bob@example.com" } } });
    expect((await control.call("GET", "/api/audit?limit=1")).body.items).toMatchObject([{ action: "sign-in", actor: "Bob@example.com" }]);
    const path = "/api/people/BOB%40example.com";
    expect(await control.call("POST", `${path}/link`)).toMatchObject({ status: 201 });
    expect(await resetPerson(control.data, "bob@example.com", () => nowMs)).toMatchObject({ name: "Bob@example.com" });
    expect(await control.call("PATCH", path, { ifMatch: "*", body: { disabled: true } })).toMatchObject({ status: 200, body: { name: "Bob@example.com" } });
    expect(await signIn("Bob@example.com")).toMatchObject({ status: 401 });
    expect(await control.call("DELETE", path, { ifMatch: "*" })).toMatchObject({ status: 204 });
  });

  test("always have an owner who can sign in", async () => {
    await signInFirst(control);
    await control.call("POST", "/api/people", { body: { name: "invited", role: "owner" } });
    const { etag } = await control.call("GET", "/api/people/ann");
    for (const body of [{ disabled: true }, { role: "viewer" }]) {
      expect(await control.call("PATCH", "/api/people/ann", { ifMatch: etag, body })).toMatchObject({ status: 409, body: { code: "last-owner" } });
    }
    expect(await control.call("DELETE", "/api/people/ann", { ifMatch: etag })).toMatchObject({ status: 409 });
  });

  test("get a new link on the machine itself while the control plane runs", async () => {
    await signInFirst(control);
    await addPerson(control, "bob", "viewer");
    await expect(resetPerson(control.data, "eve")).rejects.toThrow(/nobody is called eve/);
    const link = await resetPerson(control.data, null, () => nowMs);
    expect(link.name).toBe("ann");
    expect(await useLink(link.url, { password: "a new long password" })).toMatchObject({ status: 200, body: { person: { name: "ann" } } });
    expect(await signIn("ann", "a new long password")).toMatchObject({ status: 200 });
  });
});

describe("guessing", () => {
  test("is stopped after some failures, whether the name exists or not, and may go on later", async () => {
    await signInFirst(control);
    for (let failure = 0; failure < 10; failure++) expect(await signIn(failure % 2 ? "ann" : "nobody", "wrong password")).toMatchObject({ status: 401, body: { code: "wrong-credentials" } });
    const stopped = await signIn("ann");
    expect(stopped).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(stopped.headers.get("retry-after"))).toBeGreaterThan(0);
    nowMs += 5 * 60_000;
    expect(await signIn("ann")).toMatchObject({ status: 200 });
  });

  test("at one person's password is counted together, in whatever case the name is written", async () => {
    const store = openEmbeddedConfigStore(":memory:");
    const ports = new SignIn({ store, random: randomBytes, now: () => nowMs, onSessionsEnded: () => {} });
    const guess = (index: number): Promise<unknown> => ports.withPassword(["ann", "Ann", "ANN", "aNn"][index % 4] ?? "", "wrong password", `192.0.2.${index}`);
    for (let index = 0; index < 20; index++) await expect(guess(index)).rejects.toMatchObject({ refusal: { code: "wrong-credentials" } });
    for (let index = 20; index < 24; index++) await expect(guess(index)).rejects.toMatchObject({ refusal: { code: "too-many-attempts" } });
    await store.close();
  });

  test("takes as long for a name that does not exist", async () => {
    await signInFirst(control);
    const least = async (name: string): Promise<number> => {
      const times: number[] = [];
      for (let attempt = 0; attempt < 4; attempt++) {
        const started = performance.now();
        await signIn(name, "wrong password");
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    const [unknown, known] = [await least("nobody"), await least("ann")];
    // The hash alone takes tens of milliseconds; without it an answer takes one or two.
    expect(unknown).toBeGreaterThan(known / 5);
  });

  test("counts a whole IPv6 network as one address", () => {
    expect(addressGroup("2001:db8:1:2:3:4:5:6")).toBe(addressGroup("2001:db8:1:2::9"));
    expect(addressGroup("2001:db8:1:3::9")).not.toBe(addressGroup("2001:db8:1:2::9"));
    expect(addressGroup("::ffff:10.0.0.1")).not.toBe(addressGroup("::ffff:10.0.0.2"));
  });
});
