import { consumer } from "@parley/contract/config/consumer";
import { expect, test } from "vitest";
import { consumerOf } from "../pipeline/consumer-of.ts";
import type { KnownKey } from "../pipeline/route-plan.ts";
import { KnownConsumers } from "./known-consumers.ts";

const limited = { limits: [{ requests: 10, per: "1m" }] };

function put(consumers: KnownConsumers, name: string, source: object | null): void {
  consumers.compile(name, source && consumer.parse(source))?.();
}

test("a key that has found its consumer goes by what is in force now: changed, removed, and back again", () => {
  const consumers = new KnownConsumers();
  const ports = { findConsumer: (name: string) => consumers.find(name) };
  const key: KnownKey = { consumer: "shop", key: "one", expiresAt: null, usedFrom: null };
  const access = (): string[] | null | undefined => {
    const known = consumerOf(key, ports);
    return known && (known.access === null ? null : [...known.access]);
  };
  const seen = [access()];
  for (const source of [{}, { access: ["notes"] }, null, { access: ["orders"] }]) {
    put(consumers, "shop", source);
    seen.push(access(), access());
  }
  expect(seen).toEqual([undefined, null, null, ["notes"], ["notes"], undefined, undefined, ["orders"], ["orders"]]);
});

test("consumers whose limits say the same have one list of them, and others their own", () => {
  const consumers = new KnownConsumers();
  put(consumers, "one", structuredClone(limited));
  put(consumers, "two", structuredClone(limited));
  put(consumers, "three", { limits: [{ requests: 11, per: "1m" }] });
  const [one, two, three] = ["one", "two", "three"].map((name) => consumers.find(name)?.limits);
  expect(two).toBe(one);
  expect(three).not.toEqual(one);
});
