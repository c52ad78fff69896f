import { hashKey } from "@parley/contract/secrets";
import { expect, it } from "vitest";
import { KeyIndex } from "./key-index.ts";

const newIndex = (): KeyIndex => new KeyIndex((consumer) => consumer);
const key = (name: string) => ({ id: `shop~${name}`, name, consumer: "shop" });

/** The same ones at every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
}

it("has what a map would have, whatever is set and deleted in whatever order", () => {
  const random = randomOf(3);
  const index = newIndex();
  const expected = new Map<string, string>();
  for (let step = 0; step < 40_000; step++) {
    // In phases of growing and of shrinking, over fewer and more keys.
    const hash = hashKey(String(random(step % 20_000 < 10_000 ? 3_000 : 300)));
    if (random(10) < (step % 8_000 < 4_000 ? 7 : 3)) {
      index.set(hash, key(`k${step}`));
      expected.set(hash, `k${step}`);
    } else {
      index.delete(hash);
      expected.delete(hash);
    }
    if (index.find(hash)?.key !== expected.get(hash)) expect.fail(`step ${step}`);
  }
  expect(expected.size).toBeGreaterThan(100);
  expect(new Set(index.kept().others())).toEqual(new Set(expected.keys()));
  const kept = index.kept();
  const [first, ...others] = [...expected.keys()] as [string, ...string[]];
  for (const hash of [...others, hashKey("nobody's")]) kept.note(hash);
  expect([...kept.others()].filter((hash) => hash !== null)).toEqual([first]);
  for (let number = 0; number < 3_000; number++) expect(index.find(hashKey(String(number)))?.key).toBe(expected.get(hashKey(String(number))));
});

it("takes no longer for hashes that follow each other", () => {
  const index = newIndex();
  // Compared with all before it, each of them would take minutes together.
  for (let number = 0; number < 100_000; number++) index.set(`sha256:${number.toString(16).padStart(64, "0")}`, key(`k${number}`));
  expect(index.find(`sha256:${"4d".padStart(64, "0")}`)?.key).toBe("k77");
});

it("tells hashes apart that begin alike", () => {
  const index = newIndex();
  const hashes = Array.from({ length: 200 }, (_, number) => `sha256:00000000${number.toString(16).padStart(56, "f")}`);
  for (const [number, hash] of hashes.entries()) index.set(hash, key(`k${number}`));
  for (const hash of hashes.slice(0, 100)) index.delete(hash);
  expect(hashes.map((hash) => index.find(hash)?.key)).toEqual(hashes.map((_, number) => (number < 100 ? undefined : `k${number}`)));
});

it("gives calls one and the same key until it is changed, with all that it has", () => {
  const index = newIndex();
  const hash = hashKey("secret");
  const full = { ...key("full"), expiresAt: 7, limits: [], scopes: { services: ["notes"] } };
  index.set(hash, full);
  expect(index.find(hash)).toEqual({ consumer: "shop", key: "full", expiresAt: 7, usedFrom: null, limits: [], scopes: { services: ["notes"] } });
  expect(index.find(hash)).toBe(index.find(hash));
  expect([index.has(hash, full), index.has(hash, key("full")), index.has(hash, { ...full, expiresAt: 8 }), index.has(hashKey("other"), full)]).toEqual([true, false, false, false]);
  index.set(hash, key("plain"));
  expect(index.find(hash)).toEqual({ consumer: "shop", key: "plain", expiresAt: null, usedFrom: null });
  index.delete(hash);
  index.set(hashKey("other"), key("another"));
  expect([index.find(hash), index.find(hashKey("other"))?.key]).toEqual([undefined, "another"]);
});

it("takes the plain keys of a consumer from one text, and leaves what calls know of those that are there", () => {
  const index = newIndex();
  const textOf = (names: readonly string[]): string => names.map((name) => `${hashKey(name).slice("sha256:".length)}${name}`).join(" ");
  const names = ["a", "key-1", "a-name-that-is-longer-than-most.of_them"];
  index.setPlain("shop", textOf(names));
  expect(names.map((name) => index.find(hashKey(name)))).toEqual(names.map((name) => ({ consumer: "shop", key: name, expiresAt: null, usedFrom: null })));
  const known = index.find(hashKey("key-1"));
  index.set(hashKey("a"), { ...key("a"), limits: [] });
  index.setPlain("shop", textOf(["key-1", "a"]));
  expect(index.find(hashKey("key-1"))).toBe(known);
  expect(index.find(hashKey("a"))).toEqual({ consumer: "shop", key: "a", expiresAt: null, usedFrom: null });
  index.setPlain("other", textOf(["key-1"]));
  expect(index.find(hashKey("key-1"))).toMatchObject({ consumer: "other", key: "key-1" });
});
