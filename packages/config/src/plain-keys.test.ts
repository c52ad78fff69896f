import { consumerKey } from "@parley/contract/config/consumer";
import { expect, test } from "vitest";
import { readConfigText } from "./read-config.ts";

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;

function reading(keys: readonly object[]): ReturnType<typeof readConfigText> {
  return readConfigText(JSON.stringify({ consumers: { shop: { keys }, other: { limits: [{ requests: 5, per: "1m" }], keys: [{ name: "own", secret: "a-secret-of-its-own" }] } } }, null, 1), { environment: {} });
}

test("keys that are a name and a hash come out as the schema gives them, beside those that are more", () => {
  const plain = [{ name: "one", hash: hash("1") }, { name: "two", hash: hash("2") }];
  const { config } = reading(plain);
  expect(config?.consumers["shop"]?.keys).toEqual(plain.map((key) => consumerKey.parse(key)));
  expect(config?.consumers["other"]).toEqual({ limits: [{ requests: 5, per: { kind: "rolling", milliseconds: 60_000 } }], keys: [{ name: "own", secret: "a-secret-of-its-own" }] });
});

test.each([
  ["a hash that is none", { name: "two", hash: "sha256:12" }, "/consumers/shop/keys/1/hash"],
  ["a name that is none", { name: "-", hash: hash("2") }, "/consumers/shop/keys/1/name"],
  ["a member too many", { name: "two", hash: hash("2"), note: "x" }, "/consumers/shop/keys/1/note"],
  ["a secret beside the hash", { name: "two", hash: hash("2"), secret: "long-enough-secret" }, "/consumers/shop/keys/1"],
  ["a hash that is there already", { name: "two", hash: hash("1") }, "/consumers/shop/keys/1"],
  ["a name that is there already", { name: "one", hash: hash("2") }, "/consumers/shop/keys/1/name"],
])("%s is told at its place", (_what, key, pointer) => {
  const { config, diagnostics } = reading([{ name: "one", hash: hash("1") }, key]);
  expect(config).toBeNull();
  expect(diagnostics.map((diagnostic) => diagnostic.pointer)).toEqual([pointer]);
  expect(diagnostics[0]?.line).toBeGreaterThan(8);
});

test("a thousand keys are a consumer's most", () => {
  const keys = Array.from({ length: 1001 }, (_, index) => ({ name: `key-${index}`, hash: `sha256:${String(index).padStart(64, "0")}` }));
  expect(reading(keys).diagnostics.map(({ pointer }) => pointer)).toEqual(["/consumers/shop/keys"]);
});
