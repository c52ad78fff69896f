import { randomBytes } from "node:crypto";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hashKey, isSealed, loadMasterKey, openSecret, sealSecret } from "./secrets.ts";

const masterKey = randomBytes(32);

describe("sealed secrets", () => {
  test("open under the same key and purpose", () => {
    const sealed = sealSecret(masterKey, "provider/openai/apiKey", "sk-ünïcode");
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).not.toContain("sk-");
    expect(openSecret(masterKey, "provider/openai/apiKey", sealed)).toBe("sk-ünïcode");
  });

  test("the same secret never looks the same twice", () => {
    expect(sealSecret(masterKey, "p", "x")).not.toBe(sealSecret(masterKey, "p", "x"));
  });

  test("do not open for another purpose, under another key, or altered", () => {
    const sealed = sealSecret(masterKey, "provider/openai/apiKey", "secret");
    const altered = sealed.slice(0, -1) + (sealed.endsWith("A") ? "B" : "A");
    expect(() => openSecret(masterKey, "provider/other/apiKey", sealed)).toThrow();
    expect(() => openSecret(randomBytes(32), "provider/openai/apiKey", sealed)).toThrow();
    expect(() => openSecret(masterKey, "provider/openai/apiKey", altered.slice(0, -4))).toThrow();
  });
});

describe("the master key", () => {
  const path = (): string => join(mkdtempSync(join(tmpdir(), "parley-key-")), "master.key");

  test("is made once, for its owner only, and read back the same", () => {
    const file = path();
    const made = loadMasterKey(file, { environment: {}, create: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadMasterKey(file, { environment: {}, create: false })).toEqual(made);
  });

  test("the environment wins over the file, as hexadecimal or base64", () => {
    const file = path();
    loadMasterKey(file, { environment: {}, create: true });
    const wanted = randomBytes(32);
    for (const text of [wanted.toString("hex"), wanted.toString("base64")]) {
      expect(loadMasterKey(file, { environment: { PARLEY_MASTER_KEY: text }, create: false })).toEqual(wanted);
    }
  });

  test("a missing or malformed one is refused with its place", () => {
    const file = path();
    expect(() => loadMasterKey(file, { environment: {}, create: false })).toThrow(file);
    expect(() => loadMasterKey(file, { environment: { PARLEY_MASTER_KEY: "short" }, create: true })).toThrow("PARLEY_MASTER_KEY");
  });
});

test("a key's hash is that of its text", () => {
  expect(hashKey("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
