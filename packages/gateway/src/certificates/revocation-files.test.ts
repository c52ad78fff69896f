import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CertificatesUnderTest, makeCertificates } from "../main/certificates-under-test.ts";
import { RevocationFiles } from "./revocation-files.ts";

let certificates: CertificatesUnderTest;

beforeAll(() => {
  certificates = makeCertificates();
  for (const name of ["clients", "others"]) certificates.issue(name, { authority: true });
}, 60_000);

afterAll(() => certificates.remove());

function endOf(path: string): number | undefined {
  const files = new RevocationFiles({ warn: () => undefined });
  expect(files.families({})).toEqual([]);
  files.at(path);
  const value = files.families({ worker: "0" })[0]?.series[0]?.value;
  void files.close();
  return value;
}

function together(name: string, ...lists: string[]): string {
  const path = `${lists[0]}.${name}`;
  writeFileSync(path, lists.map((list) => readFileSync(list, "latin1")).join(""));
  return path;
}

test("tells when the first authority has no list in force any more, whose last list counts", () => {
  const old = certificates.revocationList("old", { by: "clients", nextUpdate: "20240101000000Z" });
  const renewed = certificates.revocationList("renewed", { by: "clients", nextUpdate: "20300101000000Z" });
  const other = certificates.revocationList("other", { by: "others", nextUpdate: "20290101000000Z" });
  expect(endOf(together("one", old, renewed))).toBe(Date.UTC(2030, 0) / 1_000);
  expect(endOf(together("both", old, renewed, other))).toBe(Date.UTC(2029, 0) / 1_000);
  expect(endOf(`${old}.absent`)).toBe(0);
});

test.each([["nothing", ""], ["no list", "a text"], ["a list that ends too early", null]])("takes %s for none", (_what, text) => {
  const list = certificates.revocationList("whole", { by: "clients" });
  const path = `${list}.broken`;
  writeFileSync(path, text ?? Buffer.from(/-----BEGIN X509 CRL-----([\s\S]*?)-----END/.exec(readFileSync(list, "latin1"))?.[1] ?? "", "base64").subarray(0, 60));
  const warned: string[] = [];
  const files = new RevocationFiles({ warn: (message) => warned.push(message) });
  expect(files.at(path)).toEqual([]);
  expect(warned).toEqual(["a file of revocation lists cannot be used"]);
  void files.close();
});
