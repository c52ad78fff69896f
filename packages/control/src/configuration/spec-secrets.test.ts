import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openSecrets, sealSecrets } from "./spec-secrets.ts";

const masterKey = randomBytes(32);
const name = "openai";
const seal = (keys: object[], stored?: object): object => sealSecrets(masterKey, { kind: "provider", name, spec: { keys } as never }, stored as never) as object;
const open = (spec: object): Record<string, string> => Object.fromEntries(openSecrets(masterKey, { kind: "provider", name, spec: spec as never }));

describe("secrets of keys in a list", () => {
  it("stay with their names when a key before them goes, and each can be opened in its new place", () => {
    const stored = seal([{ name: "a", apiKey: "secret-a" }, { name: "b", apiKey: "secret-b" }, { name: "c", apiKey: "secret-c" }]);
    const changed = seal([{ name: "c", apiKey: "***" }, { name: "b", apiKey: "***" }, { name: "d", apiKey: "secret-d" }], stored);
    expect(open(changed)).toEqual({ "/keys/0/apiKey": "secret-c", "/keys/1/apiKey": "secret-b", "/keys/2/apiKey": "secret-d" });
  });

  it("keep their sealed text where nothing changed", () => {
    const stored = seal([{ name: "a", apiKey: "secret-a" }]);
    expect(seal([{ name: "a", apiKey: "***" }], stored)).toEqual(stored);
    expect(seal([{ name: "a", apiKey: "secret-a" }], stored)).toEqual(stored);
  });

  it("cannot be kept under a name that is new", () => {
    expect(() => seal([{ name: "z", apiKey: "***" }], seal([{ name: "a", apiKey: "secret-a" }]))).toThrow();
  });
});
