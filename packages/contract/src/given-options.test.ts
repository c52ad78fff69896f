import { expect, test } from "vitest";
import { expectedText, givenText, optionsFollow, takeGiven } from "./given-options.ts";

const given = { options: { data: "/data" }, environment: { A: "b" } };

async function* chunksOf(text: string, bytes: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text);
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes);
}

test.each([1, 7, 10_000])("takes what is given, with and without words of what to expect before it, in chunks of %i", async (bytes) => {
  const expected: unknown[] = [];
  for (const text of [givenText(given), expectedText({ file: "/parley.yaml" }) + expectedText({ data: "/elsewhere" }) + givenText(given)]) {
    expect(await takeGiven(optionsFollow, chunksOf(text, bytes), (told) => expected.push(told))).toEqual({ ...given, isFirst: true });
  }
  expect(expected).toEqual([{ file: "/parley.yaml" }, { data: "/elsewhere" }]);
});

test("whoever has its options as an argument was started before", async () => {
  expect(await takeGiven(JSON.stringify(given.options), chunksOf("", 5))).toEqual({ options: given.options, environment: {}, isFirst: false });
});

test("whoever is told where data will be and nothing else has nothing to do", async () => {
  expect(await takeGiven(optionsFollow, chunksOf(expectedText({ data: "/data" }), 5))).toBeNull();
  expect(await takeGiven(optionsFollow, chunksOf("", 5))).toBeNull();
});

test("hears where data will be before the rest is there", async () => {
  const heard = Promise.withResolvers<unknown>();
  async function* input(): AsyncGenerator<Buffer> {
    yield Buffer.from(expectedText({ data: "/data" }));
    expect(await heard.promise).toEqual({ data: "/data" });
    yield Buffer.from(givenText(given));
  }
  expect(await takeGiven(optionsFollow, input(), heard.resolve)).toMatchObject(given);
});

test("whoever ends amid the options has nothing to do for it", async () => {
  expect(await takeGiven(optionsFollow, chunksOf(givenText(given).slice(0, -3), 5))).toBeNull();
});
