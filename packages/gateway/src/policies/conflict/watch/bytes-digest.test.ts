import { describe, expect, it } from "vitest";
import { digestBytes, digestKey, digestKeyBytes } from "./bytes-digest.ts";

const key = digestKey(Buffer.alloc(digestKeyBytes, 7));
const otherKey = digestKey(Buffer.alloc(digestKeyBytes, 8));

function body(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

describe.each([["a small body", 1_000], ["the largest small one", 6 * 1024 - 1], ["the smallest large one", 6 * 1024], ["a large body", 100_000]])("the digest of %s", (_what, length) => {
  it("is the same however it is cut", () => {
    const whole = body(length);
    const cut = [whole.subarray(0, 1), whole.subarray(1, 700), Buffer.alloc(0), whole.subarray(700)];
    expect(digestBytes(key, cut)).toBe(digestBytes(key, [whole]));
  });

  it("is another for any changed bit, and for a byte more or less", () => {
    const whole = body(length);
    const digests = new Set([digestBytes(key, [whole])]);
    for (const place of [0, 1, 15, 16, 17, length >> 1, length - 17, length - 1]) {
      whole[place] = (whole[place] as number) ^ 1;
      digests.add(digestBytes(key, [whole]));
      whole[place] = (whole[place] as number) ^ 1;
    }
    digests.add(digestBytes(key, [whole.subarray(1)]));
    digests.add(digestBytes(key, [whole, Buffer.alloc(1)]));
    expect(digests.size).toBe(11);
  });
});

it("keys the digests of large bodies, whose hash is sound only under a secret", () => {
  expect(digestBytes(key, [body(100_000)])).not.toBe(digestBytes(otherKey, [body(100_000)]));
});

it("has a digest for no body at all", () => {
  expect(digestBytes(key, [])).toBe(digestBytes(key, [Buffer.alloc(0)]));
});
