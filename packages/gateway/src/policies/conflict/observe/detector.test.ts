import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LostUpdate } from "./index.ts";
import { base, bothRead, Scene } from "./scene.test-support.ts";

function places(found: LostUpdate | null): string[] {
  return found === null ? [] : found.lost.map((change) => `${change.how} ${change.pointer} of ${change.actor}`).toSorted();
}

describe("a lost update", () => {
  it("is one where a stale write puts back the value that its writer had read", () => {
    const scene = bothRead();
    expect(scene.puts("bob", { ...base, title: "better plan" })).toBeNull();
    const found = scene.puts("ann", { ...base, owner: { name: "lee" } });
    expect(found).toEqual({
      resource: "/notes/7", actor: "ann", callId: "call-2", readAt: 1, at: 4,
      lost: [{ actor: "bob", callId: "call-1", at: 3, pointer: "/title", how: "put-back" }],
    });
  });

  it("is one where a stale write takes away what was added", () => {
    const scene = bothRead();
    scene.puts("bob", { ...base, due: "friday" });
    expect(places(scene.puts("ann", { ...base, title: "x" }))).toEqual(["took-away /due of bob"]);
  });

  it("is one where a removed value is put back, once its removal was seen", () => {
    const scene = bothRead();
    scene.puts("bob", { title: "plan", tags: ["a"] }, { title: "plan", tags: ["a"] });
    expect(places(scene.puts("ann", { ...base, title: "x" }))).toEqual(["put-back /owner/name of bob"]);
  });

  it("is found inside arrays: an item appended, an item changed, an item removed", () => {
    const appended = bothRead();
    appended.puts("bob", { ...base, tags: ["a", "b"] });
    expect(places(appended.puts("ann", { ...base, title: "x" }))).toEqual(["took-away /tags/1 of bob"]);
    const removed = bothRead({ ...base, tags: ["a", "b"] });
    removed.puts("bob", { ...base, tags: ["a"] });
    expect(places(removed.puts("ann", { ...base, tags: ["a", "b"], title: "x" }))).toEqual(["put-back /tags/1 of bob"]);
  });

  it("is found in patches: a value put back, a member removed", () => {
    const scene = bothRead();
    scene.patches("bob", { title: "better", due: "friday" });
    expect(places(scene.patches("ann", { title: "plan", due: null }))).toEqual(["put-back /title of bob", "took-away /due of bob"]);
    const removed = bothRead();
    removed.patches("bob", { owner: null });
    expect(places(removed.puts("ann", base))).toEqual(["put-back /owner/name of bob"]);
  });

  it("names everybody whose change it was", () => {
    const scene = bothRead();
    scene.puts("bob", { ...base, title: "b" });
    scene.reads("cid", { ...base, title: "b" });
    scene.puts("cid", { ...base, title: "b", owner: { name: "cid" } });
    expect(places(scene.puts("ann", { ...base, tags: [] }))).toEqual(["put-back /owner/name of cid", "put-back /title of bob"]);
  });

  it("is found however many changes lay between", () => {
    const scene = bothRead();
    scene.puts("bob", { ...base, title: "b" });
    scene.puts("bob", { ...base, title: "c" });
    expect(places(scene.puts("ann", base))).toEqual(["put-back /title of bob"]);
  });

  it("is found once: the write after it undoes nothing of anybody's", () => {
    const scene = bothRead();
    scene.puts("bob", { ...base, title: "b" });
    expect(scene.puts("ann", base)).not.toBeNull();
    expect(scene.puts("ann", base)).toBeNull();
  });
});

describe("no lost update", () => {
  it.each<[string, (scene: Scene) => LostUpdate | null]>([
    ["a write after a fresh read", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.reads("ann", { ...base, title: "b" });
      return scene.puts("ann", base);
    }],
    ["a write after a fresh read that could not be compared", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.reads("ann", undefined);
      return scene.puts("ann", base);
    }],
    ["a write after reading the list that the resource is in", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.reads("ann", [{ id: 7, ...base, title: "b" }], "/notes");
      return scene.puts("ann", base);
    }],
    ["a write after reading that list by a clock that was set back", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.detector.read({ resource: "/notes", actor: "ann", at: -3_600_000, document: null, bodyDigests: [] });
      return scene.puts("ann", base);
    }],
    ["a write by somebody who never read it", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      return scene.puts("dee", base);
    }],
    ["a patch of another place", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      return scene.patches("ann", { owner: { name: "lee" } });
    }],
    ["another new value at the same place", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      return scene.puts("ann", { ...base, title: "a" });
    }],
    ["the very value that was written", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      return scene.puts("ann", { ...base, title: "b" });
    }],
    ["one's own change undone", (scene) => {
      scene.puts("ann", { ...base, title: "a" });
      return scene.puts("ann", base);
    }],
    ["nothing changed in between", (scene) => scene.puts("ann", { ...base, title: "a" })],
    ["a change that went back by itself", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.puts("bob", base);
      return scene.puts("ann", base);
    }],
    ["a change that the answer shows to have been ignored", (scene) => {
      scene.puts("bob", { ...base, title: "b" }, base);
      return scene.puts("ann", base);
    }],
    ["a change that a later read does not show", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.reads("cid", base);
      return scene.puts("ann", base);
    }],
    ["a field that the server alone keeps, put back by a stale write", (scene) => {
      const stamped = { ...base, updatedAt: 1 };
      for (const actor of ["ann", "bob"]) scene.reads(actor, stamped);
      scene.patches("bob", { owner: { name: "bob" } }, { ...stamped, owner: { name: "bob" }, updatedAt: 2 });
      return scene.patches("ann", { updatedAt: 1, title: "a" });
    }],
    ["a field that a PUT left out and the server kept", (scene) => {
      for (const actor of ["ann", "bob"]) scene.reads(actor, { ...base, id: 7 });
      scene.puts("bob", { ...base, title: "b" });
      return scene.patches("ann", { id: 7, tags: [] });
    }],
    ["a write that the answer shows to have left the change in place", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      return scene.puts("ann", { ...base, tags: [] }, { ...base, title: "b", tags: [] });
    }],
    ["an addition that the server keeps though the write leaves it out", (scene) => {
      scene.puts("bob", { ...base, due: 1 });
      return scene.puts("ann", base, { ...base, due: 1 });
    }],
    ["a write whose content nobody can know", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      return scene.posts("ann");
    }],
    ["a write after one whose content nobody can know", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.posts("cid");
      return scene.puts("ann", base);
    }],
    ["a resource that was removed in between", (scene) => {
      scene.puts("bob", { ...base, title: "b" });
      scene.detector.removed("/notes/7");
      return scene.puts("ann", base);
    }],
    ["0 for -0", (scene) => {
      for (const actor of ["ann", "bob"]) scene.reads(actor, { n: 0, m: 1 });
      scene.puts("bob", { n: -0, m: 1 });
      return scene.puts("ann", { n: 0, m: 2 });
    }],
  ])("is %s", (_, play) => expect(play(bothRead())).toBeNull());

  it("is ever found where everybody reads before writing", () => {
    const value = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom<unknown>(1, 2, "x", null, [1], [1, 2], { d: 1 }), { maxKeys: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("ann", "bob", "cid"), value), { maxLength: 20 }), (writes) => {
        const scene = new Scene();
        let current: unknown = base;
        for (const [actor, document] of writes) {
          scene.reads(actor, current);
          expect(scene.puts(actor, document)).toBeNull();
          current = document;
        }
      }),
    );
  });

  it("is ever found where the definition does not hold, for any history", () => {
    const field = fc.constantFrom("a", "b");
    const step = fc.record({ actor: fc.constantFrom("ann", "bob"), kind: fc.constantFrom("read" as const, "write" as const), field, value: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const scene = new Scene();
        const state: Record<string, number> = { a: 0, b: 0 };
        const seen = new Map<string, Record<string, number>>();
        const changedSince = new Map<string, Set<string>>([["ann", new Set()], ["bob", new Set()]]);
        for (const { actor, kind, field: name, value } of steps) {
          if (kind === "read") {
            scene.reads(actor, { ...state });
            seen.set(actor, { ...state });
            changedSince.get(actor)?.clear();
            continue;
          }
          const written = { ...(seen.get(actor) ?? state), [name]: value };
          const expected = Object.keys(written).filter((key) => seen.has(actor) && changedSince.get(actor)?.has(key) && written[key] === seen.get(actor)?.[key] && state[key] !== written[key]);
          const found = scene.puts(actor, written);
          // Never more than the definition says; less is allowed.
          for (const change of found?.lost ?? []) expect(expected).toContain(change.pointer.slice(1));
          for (const key of Object.keys(written)) {
            if (state[key] !== written[key]) for (const [other, changes] of changedSince) if (other !== actor) changes.add(key);
          }
          Object.assign(state, written);
        }
      }),
      { numRuns: 500 },
    );
  });
});
