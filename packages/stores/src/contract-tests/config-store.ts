/** What every configuration store guarantees; each engine runs this suite against itself. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditDraft, ConfigStore } from "../ports/config-store.ts";

export interface ConfigStoreUnderTest {
  /** Opens the same store again, as another process would. */
  open(): Promise<ConfigStore>;
  destroy(): Promise<void>;
}

function draft(name: string, actor = "ann"): AuditDraft {
  return { at: 1_000, actor, action: "change", kind: "service", name, changes: [] };
}

export function configStoreContract(engine: string, prepare: () => Promise<ConfigStoreUnderTest>): void {
  describe(`configuration store on ${engine}`, () => {
    let place: ConfigStoreUnderTest;
    let store: ConfigStore;
    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.destroy();
    });

    describe("saved searches", () => {
      const put = (person: string, base: string | null, q = "status:409") => store.searches.put({ person, name: "night", search: { q }, base, at: 1_000 });

      test("are each person's own, and outlive a restart", async () => {
        const kept = await put("ann", null);
        await put("bob", null, "status:5xx");
        await store.close();
        store = await place.open();
        expect(await store.searches.list("ann")).toEqual([kept]);
        expect((await store.searches.list("bob")).map(({ search }) => search)).toEqual([{ q: "status:5xx" }]);
      });

      test("are written and removed only in the state that was read", async () => {
        const first = await put("ann", null);
        expect(await put("ann", null)).toBeNull();
        const second = await put("ann", first?.tag ?? "", "status:404");
        expect(await put("ann", first?.tag ?? "")).toBeNull();
        expect(await store.searches.remove({ person: "ann", name: "night", base: first?.tag ?? "" })).toBe(false);
        expect(await store.searches.remove({ person: "ann", name: "night", base: second?.tag ?? "" })).toBe(true);
        expect(await store.searches.list("ann")).toEqual([]);
      });
    });

    describe("entities", () => {
      const write = (base: string, name: string, spec: object | null = { path: "/a" }) =>
        ({ base, writes: [{ kind: "service", name, spec: spec as never }], actor: "ann", at: 1_000, audit: [draft(name)] });

      test("keeps what was committed, with who and when, over a restart", async () => {
        const { tag } = await store.entities.read();
        const outcome = await store.entities.commit(write(tag, "notes", { path: "/notes", deep: [1, { a: null }] }));
        await store.close();
        store = await place.open();
        const { entities, tag: after, untouched } = await store.entities.read();
        expect(untouched).toBe(false);
        expect(outcome).toMatchObject({ stale: false, tag: after });
        expect(entities).toEqual([{ kind: "service", name: "notes", spec: { path: "/notes", deep: [1, { a: null }] }, tag: entities[0]?.tag, updatedAt: 1_000, updatedBy: "ann" }]);
      });

      test("lets exactly one of two writers on one base win, also from another process", async () => {
        const other = await place.open();
        const { tag } = await store.entities.read();
        const outcomes = await Promise.all([store.entities.commit(write(tag, "mine")), other.entities.commit(write(tag, "theirs"))]);
        await other.close();
        expect(outcomes.filter((outcome) => !outcome.stale)).toHaveLength(1);
        expect((await store.entities.read()).entities).toHaveLength(1);
        expect(await store.audit.find({ limit: 10, before: null })).toHaveLength(1);
      });

      test("never gives a tag twice, also for a thing that was removed and made again", async () => {
        const seen = new Set<string>();
        for (let round = 0; round < 3; round++) {
          const made = await store.entities.commit(write(await store.entities.tag(), "notes"));
          seen.add(made.stale ? "" : (made.written[0]?.tag ?? ""));
          await store.entities.commit(write(await store.entities.tag(), "notes", null));
          seen.add(await store.entities.tag());
        }
        expect(seen.size).toBe(6);
        expect((await store.entities.read()).entities).toEqual([]);
      });

      test("writes all of a commit or nothing of it", async () => {
        const { tag } = await store.entities.read();
        const broken = { ...write(tag, "a"), audit: [{ ...draft("a"), actor: null as never }] };
        await expect(store.entities.commit(broken)).rejects.toThrow();
        expect(await store.entities.read()).toEqual({ tag, entities: [], untouched: true });
      });
    });

    test("counts snapshot versions up over restarts, and past any that it is shown", async () => {
      expect(await store.nextSnapshotVersion(0)).toBe(1);
      expect(await store.nextSnapshotVersion(41)).toBe(42);
      await store.close();
      store = await place.open();
      expect(await store.nextSnapshotVersion(0)).toBe(43);
    });

    describe("people", () => {
      const owner = async (name: string) => {
        await store.people.add({ name, role: "owner", at: 1_000 }, []);
        await store.people.setPassword({ name, passwordHash: "hash", keep: null }, []);
      };

      test("refuses a name that is taken", async () => {
        expect(await store.people.add({ name: "ann", role: "viewer", at: 1 }, [])).toMatchObject({ name: "ann", role: "viewer", passwordHash: null });
        for (const name of ["ann", "Ann", "ANN"]) expect(await store.people.add({ name, role: "owner", at: 2 }, [])).toBeNull();
      });

      test("finds, changes and removes a person in whatever case the name is written", async () => {
        await owner("root");
        await store.people.add({ name: "Ann", role: "viewer", at: 1 }, []);
        expect(await store.people.get("ann")).toMatchObject({ name: "Ann" });
        await store.searches.put({ person: "Ann", name: "mine", search: { q: "x" }, base: null, at: 1 });
        expect(await store.people.change({ name: "aNN", expected: null, role: "editor" }, [])).toMatchObject({ outcome: "done", person: { name: "Ann", role: "editor" } });
        expect(await store.people.get("Ann")).toMatchObject({ role: "editor" });
        expect(await store.people.remove({ name: "ANN", expected: null }, [])).toMatchObject({ outcome: "done", person: { name: "Ann" } });
        expect([await store.people.get("Ann"), await store.searches.list("Ann")]).toEqual([null, []]);
      });

      test("changes a person only on the tag that is current", async () => {
        await owner("root");
        const ann = await store.people.add({ name: "ann", role: "viewer", at: 1 }, []);
        const expected = [ann?.tag ?? ""];
        expect(await store.people.change({ name: "ann", expected, role: "editor" }, [draft("ann")])).toMatchObject({ outcome: "done", person: { role: "editor" } });
        expect(await store.people.change({ name: "ann", expected, role: "owner" }, [draft("ann")])).toMatchObject({ outcome: "stale" });
        expect(await store.people.remove({ name: "ann", expected }, [])).toMatchObject({ outcome: "stale" });
        expect(await store.people.change({ name: "bob", expected: null, role: "owner" }, [])).toEqual({ outcome: "absent" });
        expect(await store.audit.find({ limit: 10, before: null })).toHaveLength(1);
      });

      test("keeps the last owner who can sign in", async () => {
        await owner("root");
        await store.people.add({ name: "invited", role: "owner", at: 1 }, []);
        for (const change of [{ disabled: true }, { role: "editor" as const }]) {
          expect(await store.people.change({ name: "root", expected: null, ...change }, [])).toEqual({ outcome: "last-owner" });
        }
        expect(await store.people.remove({ name: "root", expected: null }, [])).toEqual({ outcome: "last-owner" });
        await owner("second");
        expect(await store.people.remove({ name: "root", expected: null }, [])).toMatchObject({ outcome: "done" });
      });
    });

    describe("sessions", () => {
      const begin = (tokenHash: string, person = "ann", at = 0) => store.sessions.create({ tokenHash, person, at, expiresAt: 10_000_000, idleMs: 1_000_000 });
      beforeEach(async () => {
        await store.people.add({ name: "root", role: "owner", at: 0 }, []);
        await store.people.setPassword({ name: "root", passwordHash: "x", keep: null }, []);
        await store.people.add({ name: "ann", role: "viewer", at: 0 }, []);
      });

      test("end at their expiry, and earlier when they are not used", async () => {
        await begin("used");
        await begin("idle");
        for (let at = 500_000; at < 10_000_000; at += 500_000) expect(await store.sessions.find("used", at)).toMatchObject({ person: "ann", role: "viewer" });
        expect(await store.sessions.find("used", 10_000_000)).toBeNull();
        expect(await store.sessions.find("idle", 1_000_000)).toBeNull();
      });

      test("end with signing out, disabling, removing, and a new password that does not keep them", async () => {
        await begin("one");
        await begin("two");
        await store.sessions.end("one");
        expect(await store.sessions.find("one", 1)).toBeNull();
        await begin("three");
        await store.people.setPassword({ name: "ann", passwordHash: "new", keep: "two" }, []);
        expect([await store.sessions.find("two", 1), await store.sessions.find("three", 1)]).toMatchObject([{ person: "ann" }, null]);
        await store.people.change({ name: "ann", expected: null, disabled: true }, []);
        await store.people.change({ name: "ann", expected: null, disabled: false }, []);
        expect(await store.sessions.find("two", 1)).toBeNull();
        await begin("four");
        await store.people.remove({ name: "ann", expected: null }, []);
        expect(await store.sessions.find("four", 1)).toBeNull();
      });

      test("made or used while the clock was ahead, end as soon as any other once it is right again", async () => {
        const [ahead, lifeMs] = [50_000_000, 10_000_000];
        for (const tokenHash of ["looked at", "forgotten"]) await store.sessions.create({ tokenHash, person: "ann", at: ahead, expiresAt: ahead + lifeMs, idleMs: 1_000_000 });
        await begin("used ahead");
        expect(await store.sessions.find("used ahead", 900_000)).not.toBeNull();
        const right = 1_000_000;
        expect(await store.sessions.find("looked at", right)).toMatchObject({ createdAt: right, expiresAt: right + lifeMs });
        await store.sessions.deleteExpired(right);
        for (let at = right; at < right + lifeMs; at += 500_000) expect(await store.sessions.find("looked at", at)).not.toBeNull();
        expect(await store.sessions.find("looked at", right + lifeMs)).toBeNull();
        expect(await store.sessions.find("forgotten", right + 1_000_000)).toBeNull();
      });

      test("are bounded for each person: the oldest end", async () => {
        for (let index = 0; index < 51; index++) await begin(`s${index}`, "ann", index);
        expect(await store.sessions.find("s0", 100)).toBeNull();
        expect(await store.sessions.find("s1", 100)).not.toBeNull();
      });
    });

    describe("sign-in links", () => {
      const link = (tokenHash: string, person: string | null) => store.links.create({ tokenHash, person, at: 0, expiresAt: 100 });
      const accept = (tokenHash: string, name: string | null = null, at = 1) => store.links.accept({ tokenHash, name, passwordHash: "hash", at }, (person) => [draft(person)]);

      test("let the first person in once, and nobody after that", async () => {
        await link("first", null);
        expect(await store.links.find("first", 1)).toEqual({ person: null, expiresAt: 100 });
        expect(await accept("first", "ann")).toMatchObject({ name: "ann", role: "owner", passwordHash: "hash" });
        expect(await accept("first", "eve")).toBeNull();
        await link("again", null);
        expect(await store.links.find("again", 1)).toBeNull();
        expect(await accept("again", "eve")).toBeNull();
      });

      test("are replaced by a newer one, and expire", async () => {
        await link("old", null);
        await link("new", null);
        expect(await accept("old", "ann")).toBeNull();
        expect(await accept("new", "ann", 100)).toBeNull();
        expect(await accept("new", "ann", 99)).toMatchObject({ name: "ann" });
      });

      test("set their person's password, end their sessions, and refuse a disabled person", async () => {
        await link("first", null);
        await accept("first", "root");
        await store.people.add({ name: "ann", role: "editor", at: 0 }, []);
        await store.sessions.create({ tokenHash: "session", person: "ann", at: 0, expiresAt: 1_000, idleMs: 1_000 });
        await link("hers", "ann");
        expect(await accept("hers", "ignored")).toMatchObject({ name: "ann", role: "editor", passwordHash: "hash" });
        expect(await store.sessions.find("session", 1)).toBeNull();
        expect(await accept("hers")).toBeNull();
        await store.people.change({ name: "ann", expected: null, disabled: true }, []);
        await link("late", "ann");
        expect(await accept("late")).toBeNull();
      });
    });

    test("lists audit entries newest first, page by page and filtered", async () => {
      await store.audit.add([draft("a"), draft("b", "bob"), { ...draft("c"), action: "sign-in-failed", clientAddress: "::1" }]);
      const all = await store.audit.find({ limit: 2, before: null });
      expect(all.map((entry) => entry.name)).toEqual(["c", "b"]);
      expect(all[0]).toMatchObject({ clientAddress: "::1", at: "1970-01-01T00:00:01.000Z" });
      expect((await store.audit.find({ limit: 2, before: all[1]?.id ?? 0 })).map((entry) => entry.name)).toEqual(["a"]);
      expect((await store.audit.find({ limit: 9, before: null, actor: "bob" })).map((entry) => entry.name)).toEqual(["b"]);
      await store.audit.deleteFailedSignInsBefore(1_001);
      expect((await store.audit.find({ limit: 9, before: null, kind: "service" })).map((entry) => entry.name)).toEqual(["b", "a"]);
    });
  });
}
