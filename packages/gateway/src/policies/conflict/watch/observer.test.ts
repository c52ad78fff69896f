/** What an observer makes of bodies in content codings: nothing that it cannot read, and no more than its share. */
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { LostUpdate } from "../observe/index.ts";
import { Observer } from "./observer.ts";

const base = { title: "one", shade: "red" };
const changed = { ...base, title: "two" };
const stale = { ...base, shade: "blue" };
const text = (document: unknown): Buffer => Buffer.from(JSON.stringify(document));
const huge = text({ ...stale, filler: "x".repeat(4 * 1024 * 1024) });
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

class Scene {
  monotonicMs = 0;
  readonly observer = new Observer({ high: 7, low: 9 }, { randomBytes: (count) => Buffer.alloc(count, 3), monotonicMs: () => this.monotonicMs });
  /** Long after the start, as on a clock. */
  at = 1_000_000;

  reads(actor: string, body: Buffer, coding = ""): void {
    this.observer.read({ path: "/notes/7", form: "", actor, at: this.at, body: [body], coding });
  }

  puts(actor: string, body: Buffer, coding = "", answer: { body: Buffer; coding: string } | null = null): LostUpdate | null {
    return this.observer.write({ path: "/notes/7", actor, at: this.at, callId: "c", kind: "replace", body, coding, answer: answer === null ? null : [answer.body], answerCoding: answer?.coding ?? "" });
  }

  /** Ann has read it, and Bob has changed it since. */
  static overtaken(coding = ""): Scene {
    const scene = new Scene();
    scene.reads("ann", coding === "" ? text(base) : gzipSync(text(base)), coding);
    scene.puts("bob", text(changed));
    return scene;
  }
}

it("finds a lost update where read, change and write are in codings, however often they are made anew", () => {
  for (const coding of ["", "gzip"]) expect(Scene.overtaken(coding).puts("ann", gzipSync(text(stale)), "gzip")?.lost).toMatchObject([{ actor: "bob", pointer: "/title", how: "put-back" }]);
});

describe("accuses nobody whose write cannot be read", () => {
  it.each<[string, string, Buffer]>([
    ["damaged", "gzip", Buffer.from("no gzip at all")],
    ["cut off", "gzip", gzipSync(text(stale)).subarray(0, -9)],
    ["in a second coding", "gzip", gzipSync(gzipSync(text(stale)))],
    ["in a coding that nobody knows", "rot13", text(stale)],
    ["huge", "gzip", gzipSync(huge)],
    ["huge", "br", brotliCompressSync(huge, fast)],
    ["huge", "zstd", zstdCompressSync(huge)],
  ])("%s: %s", (_what, coding, body) => {
    const scene = Scene.overtaken();
    expect(scene.puts("ann", body, coding)).toBeNull();
    // Nor anybody because of it: what it has made of the resource is unknown.
    scene.reads("bob", text(stale));
    expect(scene.puts("bob", text(changed))).toBeNull();
  });

  it("nor whose answer cannot", () => {
    expect(Scene.overtaken().puts("ann", text(stale), "", { body: gzipSync(huge), coding: "gzip" })).toBeNull();
  });

  it("who has read the change in a coding that could not be taken off", () => {
    const scene = Scene.overtaken();
    scene.reads("ann", Buffer.from("damaged"), "gzip");
    expect(scene.puts("ann", text(stale))).toBeNull();
  });
});

describe("its share of the processor", () => {
  function usedUp(): Scene {
    const scene = Scene.overtaken();
    const bomb = gzipSync(huge);
    for (let count = 0; count < 4; count += 1) scene.puts("cid", bomb, "gzip");
    return scene;
  }

  /** Null where the coded read finds no room. */
  function lostAfterCodedRead(scene: Scene): LostUpdate | null {
    scene.reads("ann", gzipSync(text(base)), "gzip");
    scene.puts("bob", text(changed));
    return scene.puts("ann", text(stale));
  }

  it("is used up by small bodies that hold huge ones, and comes back with time, also after the clock was set back", () => {
    const scene = usedUp();
    expect(lostAfterCodedRead(scene)).toBeNull();
    scene.at -= 3_600_000;
    scene.reads("ann", text(base));
    scene.monotonicMs += 2_000;
    expect(lostAfterCodedRead(scene)?.lost).toMatchObject([{ actor: "bob", pointer: "/title" }]);
  });

  it("comes back no sooner where calls that began long ago end between others", () => {
    const scene = usedUp();
    scene.at -= 10_000;
    scene.reads("dan", gzipSync(text(stale)), "gzip");
    scene.at += 10_000;
    expect(lostAfterCodedRead(scene)).toBeNull();
  });
});
