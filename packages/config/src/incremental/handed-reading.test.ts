import { hashKey } from "@parley/contract/secrets";
import { expect, it } from "vitest";
import { handedReading, handedText } from "./handed-reading.ts";
import { type ConfigReading, readConfigText } from "../read-config.ts";

function reading(services: string): ConfigReading {
  const consumers = Array.from({ length: 3 }, (_, index) => `  c${index}: { limits: [{ requests: 5, per: 1m }], keys: [{ name: one, hash: "${hashKey(`key-${index}`)}" }] }`);
  return readConfigText(`services:\n${services}\nconsumers:\n${consumers.join("\n")}\n  bare: {}\n  own: { keys: [{ name: one, secret: "a-secret-of-its-own", expiresAt: "2030-01-01T00:00:00Z" }] }\n`, { environment: {}, file: "/etc/parley/parley.yaml" });
}

const plain = (name: string, more = ""): string => `  ${name}: { path: /${name}, upstream: { targets: [{ url: "http://127.0.0.1:9/${name}" }] }${more} }`;
const services = [
  plain("a"), plain("b"), plain("c", ", access: key"), plain("d", ", access: key, conflict: { mode: enforce }"), plain("e", ", versions: { select: { by: path }, list: { v1: { status: published } } }"), plain("f"),
  '  g: { path: /g, upstream: { timeouts: { idle: 7s }, targets: [{ url: "http://127.0.0.1:9/g" }] } }', plain("h"),
].join("\n");

it("is on the other side what it was, in the same order", () => {
  const own = reading(services);
  expect(own.diagnostics).toEqual([]);
  const { reading: taken, fingerprint } = handedReading(handedText({ fingerprint: "as it was", reading: own }));
  expect(fingerprint).toBe("as it was");
  // As JSON: the order of members is part of what a service is published as.
  expect(JSON.stringify(taken)).toBe(JSON.stringify(own));
  expect(taken).toEqual(own);
});

it("writes what services share once, and they share it on the other side", () => {
  const few = handedText({ fingerprint: "", reading: reading(plain("a0")) }).length;
  const many = handedText({ fingerprint: "", reading: reading(Array.from({ length: 101 }, (_, index) => plain(`a${index}`)).join("\n")) });
  // Each once as it is written in the file, and once by what is its own.
  expect((many.length - few) / 100).toBeLessThan(300);
  const { a1, a2 } = handedReading(many).reading.config?.services ?? {};
  expect(a1?.conflict).toBe(a2?.conflict);
  expect([a1?.upstream?.targets[0]?.url, a2?.upstream?.targets[0]?.url]).toEqual(["http://127.0.0.1:9/a1", "http://127.0.0.1:9/a2"]);
});

it("is without a configuration where the reading has none", () => {
  const broken = reading("  a: { pth: /a }");
  expect(broken.config).toBe(null);
  expect(handedReading(handedText({ fingerprint: "", reading: broken })).reading).toEqual(broken);
});
