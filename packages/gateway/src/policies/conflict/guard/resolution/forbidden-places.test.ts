/** `merge.forbid` with a star, for every kind of write that may be merged: lists whose items have a key, and lists that are one value. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answered, type Guarded, startGuarded } from "../../testing/guarded-upstream.ts";

const document = { title: "one", total: 3, items: [{ id: 1, price: 1, n: 1 }, { id: 2, price: 2, n: 2 }] };
const theirs = { ...document, title: "two" };
const [first, second] = document.items as [object, object];

interface Write {
  method: string;
  type: string;
  body: unknown;
}

const put = (more: object): Write => ({ method: "PUT", type: "application/json", body: { ...document, ...more } });
const mergePatch = (body: object): Write => ({ method: "PATCH", type: "application/merge-patch+json", body });
const jsonPatch = (...body: object[]): Write => ({ method: "PATCH", type: "application/json-patch+json", body });

describe.each([["by key", { "/items": "id" }], ["by position", {}]])("a list's items %s", (_how, keys) => {
  let all: Guarded;
  let count = 0;
  beforeAll(async () => {
    all = await startGuarded({ mode: "require", strategy: "merge", merge: { keys, forbid: ["/items/*/price"] } });
  });
  afterAll(() => all.stop());

  /** Of a document of its own, which somebody else has given another title since it was read. */
  async function meet(yours: Write): Promise<{ answer: Answered; at: string }> {
    const at = `/${(count += 1)}`;
    const path = `/notes${at}`;
    all.kept.set(at, JSON.stringify(document));
    const { etag } = await all.call("GET", path);
    const read = await all.call("GET", path, { key: "bob-key" });
    expect((await all.call("PUT", path, { key: "bob-key", headers: { "if-match": read.etag }, body: theirs })).status).toBe(204);
    return { answer: await all.call(yours.method, path, { headers: { "if-match": etag, "content-type": yours.type }, body: yours.body }), at };
  }

  it.each([
    ["PUT", put({ items: [first, { ...second, price: 9 }] })],
    ["PUT of one item less", put({ items: [first] })],
    ["PUT of one item more", put({ items: [first, second, { id: 3, price: 3 }] })],
    ["merge patch", mergePatch({ items: [first, { ...second, price: 9 }] })],
    ["merge patch that takes the list away", mergePatch({ items: null })],
    ["JSON Patch: replace", jsonPatch({ op: "replace", path: "/items/1/price", value: 9 })],
    ["JSON Patch: remove", jsonPatch({ op: "remove", path: "/items/1" })],
    ["JSON Patch: a copy over it", jsonPatch({ op: "copy", from: "/total", path: "/items/0/price" })],
    ["JSON Patch: a copy of an item", jsonPatch({ op: "copy", from: "/items/0", path: "/items/-" }, { op: "replace", path: "/items/2/id", value: 3 })],
    ["JSON Patch: moved away", jsonPatch({ op: "move", from: "/items/0/price", path: "/sum" })],
    ["JSON Patch: a move over it", jsonPatch({ op: "move", from: "/total", path: "/items/0/price" })],
    ["JSON Patch: the list moved away", jsonPatch({ op: "move", from: "/items", path: "/things" })],
  ])("keep what is forbidden in each of them, whatever is written: %s", async (_what, write) => {
    const { answer, at } = await meet(write);
    const pointers = (answer.body["conflicts"] as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer);
    expect([answer.status, answer.body["code"], pointers]).toEqual([412, "merge-overlap", expect.arrayContaining([expect.stringMatching(/^\/items\/\d\/price$/)])]);
    expect(JSON.parse(String(all.kept.get(at)))).toEqual(theirs);
  });

  it.each([
    ["PUT", put({ items: [first, { ...second, n: 9 }] })],
    ["merge patch", mergePatch({ items: [first, { ...second, n: 9 }] })],
  ])("are merged in all else: %s", async (_what, write) => {
    const { answer, at } = await meet(write);
    expect([answer.status, JSON.parse(String(all.kept.get(at)))]).toEqual([write.method === "PUT" ? 200 : 204, { ...theirs, items: [first, { ...second, n: 9 }] }]);
  });

  it("are merged in all else: JSON Patch, which goes out as it came", async () => {
    const write = jsonPatch({ op: "copy", from: "/total", path: "/items/1/n" });
    expect((await meet(write)).answer.status).toBe(204);
    expect(all.upstream.requests.findLast(({ method }) => method === "PATCH")?.body).toBe(JSON.stringify(write.body));
  });
});
