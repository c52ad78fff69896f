import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RouteTrie } from "./route-trie.ts";
import { hashBelow, rootHash, SegmentTable, type Placed } from "./segment-table.ts";

const root: Placed = { parent: null, segment: "", hash: rootHash };

function nodeBelow(parent: Placed, segment: string): Placed {
  return { parent, segment, hash: hashBelow(parent.hash, segment, 0, segment.length) };
}

/** Two segments below the root that cannot be told apart by their hashes. */
const [one, other] = ["service-r4bkq7", "service-m82ll2"] as const;

describe("the table of segments", () => {
  it("finds exactly what was added and not removed, while thousands come and go", () => {
    const table = new SegmentTable<Placed>();
    const nodes = Array.from({ length: 3_000 }, (_, index) => nodeBelow(root, `service-${index}`));
    const isThere = new Set<Placed>();
    let random = 1;
    for (let step = 0; step < 20_000; step++) {
      random = (random * 48_271) % 2_147_483_647;
      const node = nodes[random % nodes.length] as Placed;
      if (isThere.delete(node)) table.remove(node);
      else {
        isThere.add(node);
        table.add(node);
      }
    }
    for (const node of nodes) expect(table.find(root, `/${node.segment}/x`, 1, 1 + node.segment.length)).toBe(isThere.has(node) ? node : undefined);
  });

  it("takes no segment for another of the same hash, and none for one of the same text below something else", () => {
    const table = new SegmentTable<Placed>();
    const nodes = [nodeBelow(root, one), nodeBelow(root, other)] as const;
    expect(nodes[0].hash).toBe(nodes[1].hash);
    table.add(nodes[0]);
    expect(table.find(root, other, 0, other.length)).toBeUndefined();
    table.add(nodes[1]);
    const below = nodeBelow(nodes[0], "x");
    table.add(below);
    expect([table.find(root, one, 0, one.length), table.find(root, other, 0, other.length)]).toEqual(nodes);
    // The hashes of both ways are the same down to here.
    expect([table.find(nodes[0], "x", 0, 1), table.find(nodes[1], "x", 0, 1)]).toEqual([below, undefined]);
    table.remove(nodes[0]);
    expect([table.find(root, one, 0, one.length), table.find(root, other, 0, other.length)]).toEqual([undefined, nodes[1]]);
  });
});

it("matches as a search through all prefixes does, whatever was set and deleted before", () => {
  const paths = fc.array(fc.constantFrom("a", "b", "A", "ab", "%2F", "ä"), { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(paths, fc.boolean()), { maxLength: 30 }), fc.array(paths, { minLength: 1, maxLength: 10 }), (changes, asked) => {
      const trie = new RouteTrie<string>();
      const served = new Set<string>();
      for (const [changed, isDeleted] of changes) {
        if (isDeleted) trie.delete(changed, "name");
        else trie.set(changed, "name", changed);
        if (isDeleted) served.delete(changed);
        else served.add(changed);
      }
      for (const path of asked) {
        const longest = [...served].filter((prefix) => prefix === "/" || path === prefix || path.startsWith(`${prefix}/`)).toSorted((left, right) => right.length - left.length)[0];
        expect(trie.match(path)?.value).toBe(longest);
      }
      for (const prefix of served) trie.delete(prefix, "name");
      expect([...trie.near("/zzz")]).toEqual([]);
    }),
  );
});
