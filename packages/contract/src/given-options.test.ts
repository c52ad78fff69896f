import { expect, test } from "vitest";
import { expectedText, givenText, optionsFollow, takeGiven } from "./given-options.ts";

const given = { options: { data: "/data" }, environment: { A: "b" } };
const handedOver = "line one\nline two\n";

async function* chunksOf(text: string, bytes: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text);
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes);
}

test.each([1, 7, 10_000])("takes what is given, with and without a word of where data will be before it, in chunks of %i", async (bytes) => {
  const expected: string[] = [];
  for (const text of [givenText(given), expectedText("/elsewhere") + givenText(given)]) {
    const taken = await takeGiven(optionsFollow, chunksOf(text + handedOver, bytes), (data) => expected.push(data));
    expect({ ...taken, handedOver: await taken?.handedOver }).toEqual({ ...given, handedOver });
  }
  expect(expected).toEqual(["/elsewhere"]);
});

test("whoever is told where data will be and nothing else has nothing to do", async () => {
  expect(await takeGiven(optionsFollow, chunksOf(expectedText("/data"), 5))).toBeNull();
  expect(await takeGiven(optionsFollow, chunksOf("", 5))).toBeNull();
});

test("hears where data will be before the rest is there", async () => {
  const heard = Promise.withResolvers<string>();
  async function* input(): AsyncGenerator<Buffer> {
    yield Buffer.from(expectedText("/data"));
    expect(await heard.promise).toBe("/data");
    yield Buffer.from(givenText(given));
  }
  expect(await takeGiven(optionsFollow, input(), heard.resolve)).toMatchObject(given);
});

test("has its options before what is handed over is there", async () => {
  const { promise: isTaken, resolve: taken } = Promise.withResolvers<void>();
  async function* input(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${givenText(given)}hand`);
    await isTaken;
    yield Buffer.from("ed");
  }
  const options = await takeGiven(optionsFollow, input());
  taken();
  expect(options).toMatchObject(given);
  expect(await options?.handedOver).toBe("handed");
});

test("whoever ends amid the options has nothing to do for it", async () => {
  expect(await takeGiven(optionsFollow, chunksOf(givenText(given).slice(0, -3), 5))).toBeNull();
});
