import { describe, expect, it } from "vitest";
import { digestDocument, PointerTable } from "./index.ts";
import { base, bothRead, Scene } from "./scene.test-support.ts";

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

  it("is for the resources that are read again: others come and go beside them", () => {
    const scene = new Scene({ resources: 10 });
    scene.reads("ann", base);
    scene.reads("bob", base);
    for (let index = 0; index < 100; index += 1) {
      scene.reads("cid", base, `/others/${index}`);
      scene.reads("cid", base);
    }
    scene.puts("bob", { ...base, title: "b" });
    expect(scene.puts("ann", base)).not.toBeNull();
  });

  it("takes in as many as before after resources have gone, and one that came back as new", () => {
    const scene = new Scene({ resources: 10 });
    scene.reads("ann", base, "/others");
    for (let index = 0; index < 100; index += 1) {
      scene.reads("ann", base, `/notes/${index % 15}`);
      scene.reads("ann", base, "/others");
      scene.detector.removed(`/notes/${index % 15}`);
    }
    expect(scene.detector.size).toBe(1);
    scene.reads("bob", base);
    scene.puts("bob", { ...base, title: "b" });
    expect(scene.puts("ann", base)).toBeNull();
    for (let index = 0; index < 30; index += 1) scene.reads("ann", base, `/notes/${index}`);
    expect(scene.detector.size).toBe(10);
  });

  it("keeps what is known of the only resource when a second one comes, and nothing of it once it has gone", () => {
    const scene = bothRead();
    scene.puts("bob", { ...base, title: "b" });
    scene.reads("cid", base, "/others");
    expect(scene.detector.size).toBe(2);
    expect(scene.detector.potential(10)).toMatchObject([{ resource: "/notes/7", reader: "ann", writer: "bob" }]);
    expect(scene.puts("ann", base)).not.toBeNull();
    const gone = bothRead();
    gone.puts("bob", { ...base, title: "b" });
    gone.detector.removed("/notes/8");
    expect(gone.detector.size).toBe(1);
    gone.detector.removed("/notes/7");
    expect([gone.detector.size, gone.detector.potential(10), gone.puts("ann", base)]).toEqual([0, [], null]);
  });

  it.each([
    [["ann", "bob", "cid", "dee"], ["cid", "dee"]],
    [["ann", "bob", "cid", "bob", "dee"], ["bob", "dee"]],
    [["ann", "bob", "ann", "cid"], ["ann", "cid"]],
  ])("is of those who read last, where %j read and two are remembered", (reading, remembered) => {
    const isRemembered = (actor: string): boolean => {
      const scene = new Scene({ readersPerResource: 2 });
      for (const reader of reading) scene.reads(reader, base);
      scene.puts("eve", { ...base, title: "e" });
      return scene.puts(actor, base) !== null;
    };
    expect(["ann", "bob", "cid", "dee"].filter(isRemembered)).toEqual(remembered);
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
