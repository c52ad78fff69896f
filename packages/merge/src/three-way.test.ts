import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMergePatch, defaultLimits, equalJson, type Json, type JsonObject, type MergeRules, resolvePointer, threeWayMerge } from "./index.ts";

const plain: MergeRules = { arrays: "atomic", keys: {}, forbid: [] };
const keyed: MergeRules = { ...plain, keys: { "/items": "id" } };

function merge(documents: [base: Json, theirs: Json, yours: Json], rules: MergeRules = plain): Json {
  const [base, theirs, yours] = documents;
  const result = threeWayMerge({ base, theirs, yours }, rules);
  if (result.kind !== "merged") throw new Error(JSON.stringify(result));
  return result.document;
}

function pointers(documents: [base: Json, theirs: Json, yours: Json], rules: MergeRules = plain): string[] {
  const [base, theirs, yours] = documents;
  const result = threeWayMerge({ base, theirs, yours }, rules);
  return result.kind === "conflict" ? result.conflicts.map((conflict) => conflict.pointer) : [];
}

const names = fc.constantFrom("a", "b", "c", "__proto__", "balance");
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom<Json>(null, 0, -0, 1, "x", "y"), fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(names, tie("value"), { maxKeys: 4 })),
})).value;
const object = fc.dictionary(names, value, { maxKeys: 5 });
const anyRules = fc.record({
  arrays: fc.constantFrom("atomic" as const, "keyed" as const),
  keys: fc.constantFrom<Record<string, string>>({}, { "/a": "b" }),
  forbid: fc.constant<string[]>([]),
});

describe("the three-way merge, for all documents", () => {
  it("is the other side where one side is unchanged", () => {
    fc.assert(
      fc.property(value, value, anyRules, (base, changed, rules) => {
        expect(equalJson(merge([base, changed, base], rules), changed)).toBe(true);
        expect(equalJson(merge([base, base, changed], rules), changed)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees where both made the same change", () => {
    fc.assert(fc.property(value, value, (base, changed) => equalJson(merge([base, changed, changed]), changed)));
  });

  it("has the same result or the same conflicts whoever was first", () => {
    fc.assert(
      fc.property(value, value, value, (base, theirs, yours) => {
        const [one, other] = [threeWayMerge({ base, theirs, yours }, plain), threeWayMerge({ base, theirs: yours, yours: theirs }, plain)];
        expect(one.kind).toBe(other.kind);
        if (one.kind === "merged" && other.kind === "merged") expect(equalJson(one.document, other.document)).toBe(true);
        if (one.kind === "conflict") expect(pointers([base, theirs, yours]).toSorted()).toEqual(pointers([base, yours, theirs]).toSorted());
      }),
      { numRuns: 1000 },
    );
  });

  it("has both changes where they touch different members", () => {
    fc.assert(
      fc.property(object, value, value, (base, left, right) => {
        const [theirs, yours] = [{ ...base, left }, { ...base, right }];
        expect(equalJson(merge([base, theirs, yours]), { ...base, left, right })).toBe(true);
      }),
    );
  });

  it("never changes a forbidden pointer, and never brings a change of it", () => {
    const forbidding: MergeRules = { ...plain, forbid: ["/balance", "/a/b"] };
    fc.assert(
      fc.property(object, object, object, (base, theirs, yours) => {
        const result = threeWayMerge({ base, theirs, yours }, forbidding);
        if (result.kind !== "merged") return;
        for (const pointer of forbidding.forbid) {
          expect(equalJson(resolvePointer(result.document, pointer), resolvePointer(theirs, pointer))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives a patch that leads from theirs to the merged document", () => {
    fc.assert(
      fc.property(object, object, object, (base, theirs, yours) => {
        const result = threeWayMerge({ base, theirs, yours }, plain);
        if (result.kind === "merged" && result.patch !== undefined) expect(equalJson(applyMergePatch(theirs, result.patch), result.document)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("conflicts", () => {
  it("say what each side has, and nothing where a side has nothing", () => {
    const result = threeWayMerge({ base: { a: 1, b: 1, gone: 1 }, theirs: { a: 2, b: 1 }, yours: { a: 3, b: 2, gone: 2 } }, plain);
    expect(result).toEqual({
      kind: "conflict", truncated: false,
      conflicts: [{ pointer: "/a", base: 1, theirs: 2, yours: 3 }, { pointer: "/gone", base: 1, yours: 2 }],
    });
  });

  it.each([
    ["delete against modify", [{ a: { x: 1 } }, {}, { a: { x: 2 } }], ["/a"]],
    ["modify against delete", [{ a: { x: 1 } }, { a: { x: 2 } }, {}], ["/a"]],
    ["both added another value", [{}, { a: 1 }, { a: 2 }], ["/a"]],
    ["an object became a scalar", [{ a: { x: 1 } }, { a: 7 }, { a: { x: 2 } }], ["/a"]],
    ["atomic arrays", [{ a: [1] }, { a: [1, 2] }, { a: [1, 3] }], ["/a"]],
    ["scalars as documents", [1, 2, 3], [""]],
    ["deep inside", [{ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, { a: { b: { c: 3 } } }], ["/a/b/c"]],
  ] as [string, [Json, Json, Json], string[]][])("%s", (_, documents, expected) => expect(pointers(documents)).toEqual(expected));

  it("take 0 and -0 for the same number", () => expect(merge([{ a: 0 }, { a: -0, b: 1 }, { a: 0, c: 1 }])).toEqual({ a: -0, b: 1, c: 1 }));

  it.each([
    ["a counter", [{ n: 0, t: 1 }, { n: 1, t: 1 }, { n: 1, t: 2 }], ["/n"]],
    ["the whole", [{ n: 0 }, { n: 1 }, { n: 1 }], ["/n"]],
    ["below what else differs", [{ a: { n: 0, x: 0 } }, { a: { n: 1, x: 1 } }, { a: { n: 1, x: 0 } }], ["/a/n"]],
    ["an array", [{ l: [] }, { l: [1] }, { l: [1] }], ["/l"]],
    ["what both added", [{}, { a: 1 }, { a: 1 }], ["/a"]],
    ["an item with a key", [{ items: [{ id: 1, n: 0 }] }, { items: [{ id: 1, n: 1 }] }, { items: [{ id: 1, n: 1 }, { id: 2 }] }], ["/items/0/n"]],
    ["a forbidden pointer", [{ balance: 1 }, { balance: 2 }, { balance: 2 }], ["/balance"]],
  ] as [string, [Json, Json, Json], string[]][])("meet where both made the same change and each may count for itself: %s", (_, documents, expected) => {
    expect(pointers(documents, { ...keyed, forbid: ["/balance"], equalChanges: "overlap" })).toEqual(expected);
  });

  it("both removing is no conflict, whatever equal changes are", () => {
    expect(merge([{ a: 1, b: 1 }, { b: 2 }, { b: 1 }], { ...plain, equalChanges: "overlap" })).toEqual({ b: 2 });
  });

  it("both removing is no conflict", () => expect(merge([{ a: 1, b: 1 }, { b: 2 }, { b: 1 }])).toEqual({ b: 2 }));

  it("are bounded, and say so", () => {
    const many = (text: string): JsonObject => Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`m${index}`, text]));
    const result = threeWayMerge({ base: many("base"), theirs: many("theirs"), yours: many("yours") }, plain);
    expect(result.kind === "conflict" && [result.conflicts.length, result.truncated]).toEqual([200, true]);
  });
});

describe("forbidden pointers", () => {
  const forbidding: MergeRules = { ...plain, forbid: ["/balance", "/account/limit"] };
  it.each([
    ["yours changes it", [{ balance: 1, t: 1 }, { balance: 1, t: 2 }, { balance: 2, t: 1 }], ["/balance"]],
    ["theirs changes it", [{ balance: 1, t: 1 }, { balance: 2, t: 1 }, { balance: 1, t: 2 }], ["/balance"]],
    ["below it", [{ balance: { x: 1 }, t: 1 }, { balance: { x: 1 }, t: 2 }, { balance: { x: 2 }, t: 1 }], ["/balance"]],
    ["above it", [{ account: { limit: 1 }, t: 1 }, { account: { limit: 1 }, t: 2 }, { t: 1 }], ["/account/limit"]],
    ["added", [{ t: 1 }, { t: 2 }, { t: 1, balance: 5 }], ["/balance"]],
  ] as [string, [Json, Json, Json], string[]][])("%s: a conflict", (_, documents, expected) => expect(pointers(documents, forbidding)).toEqual(expected));

  it("let everything else be merged", () => {
    expect(merge([{ balance: 1, t: 1, u: 1 }, { balance: 1, t: 2, u: 1 }, { balance: 1, t: 1, u: 2 }], forbidding)).toEqual({ balance: 1, t: 2, u: 2 });
  });
});

describe("forbidden pointers with a star", () => {
  type Item = { id: number; price?: number; n?: number };
  const of = (t: number, ...items: Item[]): Json => ({ t, items: items as unknown as Json });
  const [one, two]: [Item, Item] = [{ id: 1, price: 1, n: 1 }, { id: 2, price: 1, n: 1 }];
  const byKey: MergeRules = { ...keyed, forbid: ["/items/*/price"] };
  const byPlace: MergeRules = { ...plain, forbid: ["/items/*/price"] };

  it.each([
    ["yours changes it", [of(1, one, two), of(2, one, two), of(1, one, { ...two, price: 5 })], ["/items/1/price"]],
    ["theirs changes it", [of(1, one, two), of(1, { ...one, price: 5 }, two), of(2, one, two)], ["/items/0/price"]],
    ["below it", [{ t: 1, items: [{ id: 1, price: { x: 1 } }] }, { t: 2, items: [{ id: 1, price: { x: 1 } }] }, { t: 1, items: [{ id: 1, price: { x: 2 } }] }], ["/items/0/price"]],
    ["added with an item", [of(1, one), of(2, one), of(1, one, two)], ["/items/1/price"]],
    ["gone with an item", [of(1, one, two), of(2, one, two), of(1, one)], ["/items/1/price"]],
    ["gone with the list", [of(1, one), of(2, one), { t: 1 }], ["/items/0/price"]],
    ["gone with a list that became something else", [of(1, one), of(2, one), { t: 1, items: "none" }], ["/items/0/price"]],
  ] as [string, [Json, Json, Json], string[]][])("%s: a conflict, whether items have a key or stand in their place", (_, documents, expected) => {
    for (const rules of [byKey, byPlace]) expect(pointers(documents, rules)).toEqual(expected);
  });

  it("know an item by its key: in another place its price is still its own", () => {
    const dear: Item = { id: 2, price: 9, n: 1 };
    expect(merge([of(1, one, dear), of(1, { ...one, n: 5 }, dear), of(1, dear, one)], byKey)).toEqual(of(1, dear, { ...one, n: 5 }));
    expect(pointers([of(1, one, dear), of(2, one, dear), of(1, { ...dear, id: 1 }, { ...one, id: 2 })], byKey)).toEqual(["/items/0/price", "/items/1/price"]);
    expect(pointers([of(1, one, dear), of(2, one, dear), of(1, dear, one)], byPlace)).toEqual(["/items/0/price", "/items/1/price"]);
  });

  it("let all else in the items be merged", () => {
    expect(merge([of(1, one, two), of(1, { ...one, n: 5 }, two), of(1, one, { ...two, n: 6 }, { id: 3 })], byKey)).toEqual(of(1, { ...one, n: 5 }, { ...two, n: 6 }, { id: 3 }));
    expect(merge([of(1, one), of(2, one), of(1, { ...one, n: 5 })], byPlace)).toEqual(of(2, { ...one, n: 5 }));
  });

  it("stand for the members of an object, for lists in lists, and at the end for everything in it", () => {
    const prices = (t: number, eur: number): Json => ({ t, prices: { eur: { amount: eur, note: t } } });
    expect(pointers([prices(1, 1), prices(2, 1), { t: 1, prices: { eur: { amount: 2, note: 1 } } }], { ...plain, forbid: ["/prices/*/amount"] })).toEqual(["/prices/eur/amount"]);
    const nested = (t: number, price: number): Json => ({ t, items: [{ id: 1, parts: [{ id: 1, price: 1 }, { id: 2, price }] }] });
    expect(pointers([nested(1, 1), nested(2, 1), nested(1, 2)], { ...plain, keys: { "/items": "id", "/items/*/parts": "id" }, forbid: ["/items/*/parts/*/price"] })).toEqual(["/items/0/parts/1/price"]);
    expect(pointers([of(1, one), of(2, one), of(1, { ...one, n: 2 })], { ...plain, forbid: ["/items/*"] })).toEqual(["/items/0"]);
    expect(merge([of(1, one), of(2, one), { ...(of(1, one) as JsonObject), u: 1 }], { ...plain, forbid: ["/items/*"] })).toEqual({ ...(of(2, one) as JsonObject), u: 1 });
  });

  it("a place with a number keeps its value also where one side's order and the other's change come together", () => {
    const moved = [of(1, one, two), of(1, { ...one }, { id: 2, price: 2, n: 1 }), of(1, two, one)] as [Json, Json, Json];
    expect(merge(moved, keyed)).toEqual(of(1, { id: 2, price: 2, n: 1 }, one));
    expect(pointers(moved, { ...keyed, forbid: ["/items/0/price"] })).toEqual(["/items/0/price"]);
  });

  it("are bounded in what they list, and say so", () => {
    const many = (t: number, price: number): Json => of(t, ...Array.from({ length: 500 }, (_, id) => ({ id, price })));
    const result = threeWayMerge({ base: many(1, 1), theirs: many(2, 1), yours: many(1, 2) }, byKey);
    expect(result.kind === "conflict" && [result.conflicts.length, result.truncated]).toEqual([200, true]);
  });

  it.each([["with a key", byKey], ["in their place", byPlace]])("never change, and are never changed: items %s", (_, rules) => {
    const item = fc.record({ id: fc.integer({ min: 1, max: 3 }), price: fc.integer({ min: 1, max: 2 }), n: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ["id"] });
    const list = fc.uniqueArray(item, { maxLength: 3, selector: ({ id }) => id }).map((items) => items as unknown as Json[]);
    const side = fc.record({ t: fc.integer({ min: 1, max: 2 }), items: list }, { requiredKeys: [] }).map((value) => value as Json);
    const priced = (document: Json): Json => {
      const items = ((document as { items?: Item[] }).items ?? []).flatMap(({ id, price }, index) => (price === undefined ? [] : [[rules === byKey ? id : index, price]]));
      return items.toSorted((left, right) => Number(left[0]) - Number(right[0])) as Json;
    };
    let together = 0;
    fc.assert(
      fc.property(side, side, side, (base, theirs, yours) => {
        const result = threeWayMerge({ base, theirs, yours }, { ...rules, equalChanges: "overlap" });
        if (result.kind !== "merged" || equalJson(yours, base)) return;
        together += 1;
        expect(priced(result.document)).toEqual(priced(base));
      }),
      { numRuns: 5_000 },
    );
    expect(together).toBeGreaterThan(0);
  });
});

describe("keyed arrays", () => {
  const item = (id: number, text = "x"): JsonObject => ({ id, text });
  const items = (...list: JsonObject[]): Json => ({ items: list });

  it("merge changes of different items, additions and removals", () => {
    expect(merge([items(item(1), item(2), item(3)), items(item(1, "t"), item(2), item(3), item(4)), items(item(1), item(2, "y"), item(5))], keyed)).toEqual(
      items(item(1, "t"), item(2, "y"), item(4), item(5)),
    );
  });

  it("merge members of one item, and name it by its place in theirs where they meet", () => {
    const base = items({ id: 1, a: 1, b: 1 }, item(2));
    expect(merge([base, items({ id: 1, a: 2, b: 1 }, item(2)), items({ id: 1, a: 1, b: 2 }, item(2))], keyed)).toEqual(items({ id: 1, a: 2, b: 2 }, item(2)));
    expect(pointers([base, items(item(9), { id: 1, a: 2, b: 1 }, item(2)), items({ id: 1, a: 3, b: 1 }, item(2))], keyed)).toEqual(["/items/1/a"]);
  });

  it("meet where one removed what the other changed, or both added the same key", () => {
    expect(pointers([items(item(1)), items(), items(item(1, "y"))], keyed)).toEqual(["/items/0"]);
    expect(pointers([items(), items(item(1, "t")), items(item(1, "y"))], keyed)).toEqual(["/items/0"]);
  });

  it("keep an order that one side changed, and meet where both changed it", () => {
    expect(merge([items(item(1), item(2), item(3)), items(item(1), item(2, "t"), item(3)), items(item(3), item(2), item(1))], keyed)).toEqual(items(item(3), item(2, "t"), item(1)));
    expect(pointers([items(item(1), item(2), item(3)), items(item(2), item(1), item(3)), items(item(1), item(3), item(2))], keyed)).toEqual(["/items"]);
  });

  it.each([
    ["an item has no key", [items(item(1)), items({ text: "x" }), items(item(1), item(2))]],
    ["two items share a key", [items(item(1)), items(item(1), item(1)), items(item(1), item(2))]],
    ["a key is no string and no number", [items(item(1)), { items: [{ id: null }] }, items(item(1), item(2))]],
  ] as [string, [Json, Json, Json]][])("are atomic where %s", (_, documents) => expect(pointers(documents, keyed)).toEqual(["/items"]));

  it("may lie inside the items of others", () => {
    const nested = (lists: JsonObject[][]): Json => ({ items: lists.map((parts, index) => ({ id: index, parts })) });
    const rules: MergeRules = { ...plain, keys: { "/items": "id", "/items/*/parts": "id" } };
    expect(merge([nested([[item(1)], []]), nested([[item(1), item(2)], []]), nested([[item(1), item(3)], []])], rules)).toEqual(nested([[item(1), item(2), item(3)], []]));
  });

  it("are keyed by id where arrays are keyed in general", () => {
    expect(merge([[item(1)], [item(1), item(2)], [item(1), item(3)]], { ...plain, arrays: "keyed" })).toEqual([item(1), item(2), item(3)]);
  });
});

describe("hostile documents", () => {
  it("cannot reach a prototype", () => {
    const yours = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Json;
    const merged = merge([{}, { a: 1 }, yours]);
    expect(equalJson(merged, JSON.parse('{"a":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Json)).toBe(true);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("are refused when too deep or too large, saying which and why", () => {
    const deep = JSON.parse(`${"[".repeat(300_000)}${"]".repeat(300_000)}`) as Json;
    expect(threeWayMerge({ base: 1, theirs: 2, yours: deep }, plain)).toMatchObject({ kind: "refused", of: "yours", refusal: { limit: "depth", allowed: 64 } });
    const wide = Array.from({ length: 100_001 }, () => 0);
    expect(threeWayMerge({ base: wide, theirs: 2, yours: 3 }, plain)).toMatchObject({ kind: "refused", of: "base", refusal: { limit: "values" } });
    expect(threeWayMerge({ base: [1], theirs: [2], yours: [[3]] }, { ...plain, limits: { ...defaultLimits, depth: 1 } })).toMatchObject({ kind: "refused", of: "yours" });
  });
});
