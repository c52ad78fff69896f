import { consumerKey } from "@parley/contract/config/consumer";
import { expect, test } from "vitest";
import { readConfigText } from "../read-config.ts";

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;

function reading(keys: readonly object[]): ReturnType<typeof readConfigText> {
  return readConfigText(JSON.stringify({ consumers: { shop: { keys }, other: { limits: [{ requests: 5, per: "1m" }], keys: [{ name: "own", secret: "a-secret-of-its-own" }] } } }, null, 1), { environment: {} });
}

test("keys that are a name and a hash or a secret come out as the schema gives them, beside those that are more", () => {
  const plain = [{ name: "one", hash: hash("1") }, { name: "two", hash: hash("2") }, { name: "three", secret: "the-third" }];
  const { config } = reading(plain);
  expect(config?.consumers["shop"]?.keys).toEqual(plain.map((key) => consumerKey.parse(key)));
  expect(config?.consumers["other"]).toEqual({ limits: [{ requests: 5, per: { kind: "rolling", milliseconds: 60_000 } }], keys: [{ name: "own", secret: "a-secret-of-its-own" }] });
});

test.each([
  ["a hash that is none", { name: "two", hash: "sha256:12" }, "/consumers/shop/keys/1/hash"],
  ["a name that is none", { name: "-", hash: hash("2") }, "/consumers/shop/keys/1/name"],
  ["a member too many", { name: "two", hash: hash("2"), note: "x" }, "/consumers/shop/keys/1/note"],
  ["a secret beside the hash", { name: "two", hash: hash("2"), secret: "long-enough-secret" }, "/consumers/shop/keys/1"],
  ["a secret that is too short", { name: "two", secret: "1234567" }, "/consumers/shop/keys/1/secret"],
  ["neither a hash nor a secret", { name: "two" }, "/consumers/shop/keys/1"],
  ["a secret that is there already, elsewhere", { name: "two", secret: "a-secret-of-its-own" }, "/consumers/other/keys/0"],
  ["a hash that is there already", { name: "two", hash: hash("1") }, "/consumers/shop/keys/1"],
  ["a name that is there already", { name: "one", hash: hash("2") }, "/consumers/shop/keys/1/name"],
])("%s is told at its place", (_what, key, pointer) => {
  const { config, diagnostics } = reading([{ name: "one", hash: hash("1") }, key]);
  expect(config).toBeNull();
  expect(diagnostics.map((diagnostic) => diagnostic.pointer)).toEqual([pointer]);
  expect(diagnostics[0]?.line).toBeGreaterThan(8);
});

test("of many keys, too, a name is a consumer's only once", () => {
  const keys = Array.from({ length: 40 }, (_, index) => ({ name: `key-${index % 38}`, secret: `secret-number-${index}` }));
  expect(reading(keys).diagnostics.map(({ pointer }) => pointer)).toEqual(["/consumers/shop/keys/38/name", "/consumers/shop/keys/39/name"]);
});

test("a thousand keys are a consumer's most", () => {
  const keys = Array.from({ length: 1001 }, (_, index) => ({ name: `key-${index}`, hash: `sha256:${String(index).padStart(64, "0")}` }));
  expect(reading(keys).diagnostics.map(({ pointer }) => pointer)).toEqual(["/consumers/shop/keys"]);
});
