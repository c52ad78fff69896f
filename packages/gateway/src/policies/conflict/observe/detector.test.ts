import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestDocument, digestMergePatch, LostUpdateDetector, PointerTable, type DetectorLimits, type DocumentDigests, type LostUpdate, type WrittenDigests } from "./index.ts";

const limits: DetectorLimits = { resources: 1_000, readersPerResource: 8, changesPerResource: 64, editingMs: 900_000 };

/** A service as the detector sees it. Every event comes a millisecond after the one before. */
class Scene {
  readonly #table = new PointerTable(10_000);
  readonly detector: LostUpdateDetector;
  #at = 0;
  #calls = 0;

  constructor(change: Partial<DetectorLimits> = {}) {
    this.detector = new LostUpdateDetector(this.#table, { ...limits, ...change });
  }

  digest(document: unknown): DocumentDigests {
    return digestDocument(document, { table: this.#table, salt: { high: 7, low: 9 }, maxPointers: 512 })!;
  }

  reads(actor: string, document: unknown, resource = "/notes/7"): void {
    this.detector.read({ resource, actor, at: (this.#at += 1), document: document === undefined ? null : this.digest(document), bodyDigest: null });
  }

  puts(actor: string, document: unknown, shown?: unknown): LostUpdate | null {
    return this.#writes(actor, { ...this.digest(document), whole: true, removed: [] }, shown);
  }

  patches(actor: string, patch: unknown, shown?: unknown): LostUpdate | null {
    return this.#writes(actor, digestMergePatch(patch, { table: this.#table, salt: { high: 7, low: 9 }, maxPointers: 512 }), shown);
  }

  posts(actor: string): LostUpdate | null {
    return this.#writes(actor, null, undefined);
  }

  #writes(actor: string, written: WrittenDigests | null, shown: unknown): LostUpdate | null {
    this.#calls += 1;
    return this.detector.write({ resource: "/notes/7", actor, at: (this.#at += 1), callId: `call-${this.#calls}`, written, shown: shown === undefined ? null : this.digest(shown) });
  }
}

function places(found: LostUpdate | null): string[] {
  return found === null ? [] : found.lost.map((change) => `${change.how} ${change.pointer} of ${change.actor}`).toSorted();
}

const base = { title: "plan", tags: ["a"], owner: { name: "kim" } };

/** Both have read the same. */
function bothRead(document: unknown = base): Scene {
  const scene = new Scene();
  scene.reads("ann", document);
  scene.reads("bob", document);
  return scene;
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

describe("a potential conflict", () => {
  it("is shown when both have read and one has written, until the other reads, writes or lets it lie", () => {
    const scene = bothRead();
    expect(scene.detector.potential(10)).toEqual([]);
    scene.puts("bob", { ...base, title: "b" });
    expect(scene.detector.potential(10)).toEqual([{ resource: "/notes/7", reader: "ann", readAt: 1, writer: "bob", writtenAt: 3, callId: "call-1", pointers: ["/title"] }]);
    expect(scene.detector.potential(900_002)).toEqual([]);
    scene.reads("ann", { ...base, title: "b" });
    expect(scene.detector.potential(10)).toEqual([]);
    scene.puts("bob", { ...base, title: "c" });
    expect(scene.detector.potential(10)).toHaveLength(1);
    scene.puts("ann", { ...base, tags: [] });
    expect(scene.detector.potential(10).filter((one) => one.reader === "ann")).toEqual([]);
  });

  it("is none where the writer had not read", () => {
    const scene = new Scene();
    scene.reads("ann", base);
    scene.puts("bob", base);
    expect(scene.detector.potential(10)).toEqual([]);
  });
});

describe("memory", () => {
  it("is bounded in resources, readers and changes, and forgetting accuses nobody", () => {
    const scene = new Scene({ resources: 10, readersPerResource: 2, changesPerResource: 3 });
    for (let index = 0; index < 100; index += 1) scene.reads("ann", base, `/notes/${index}`);
    expect(scene.detector.size).toBe(10);
    for (const actor of ["ann", "bob", "cid", "dee"]) scene.reads(actor, base);
    scene.puts("dee", { ...base, title: "d" });
    expect(scene.puts("ann", base)).toBeNull();
  });

  it("keeps no value and cannot be filled with pointers", () => {
    const table = new PointerTable(100);
    const options = { table, salt: { high: 1, low: 2 }, maxPointers: 50 };
    const digests = digestDocument({ secret: "hunter2" }, options);
    expect(JSON.stringify([...(digests?.entries ?? [])])).not.toContain("hunter2");
    expect(digestDocument(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`m${index}`, 1])), options)).toBeNull();
    for (let index = 0; index < 500; index += 1) digestDocument({ [`other${index}`]: 1 }, options);
    expect(table.size).toBe(100);
    expect(digestDocument(JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`), options)).toBeNull();
  });

  it("gives other digests under another salt", () => {
    const table = new PointerTable(100);
    const [one, other] = [1, 2].map((high) => digestDocument({ a: "x" }, { table, salt: { high, low: 2 }, maxPointers: 50 }));
    expect(one).not.toEqual(other);
  });
});
