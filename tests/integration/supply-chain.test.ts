/** What an installation brings in, and what of it may run by itself. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  version?: string;
  integrity?: string;
  link?: boolean;
  optional?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
}

const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8")) as Record<string, unknown>;

test("every dependency is the one that was looked at, by its digest, and one alone runs anything when it is installed (BerriAI/litellm#24518)", () => {
  const locked = Object.entries(read("package-lock.json")["packages"] as Record<string, Locked>).filter(([path, { link }]) => path.includes("node_modules/") && !link);
  expect(locked.length).toBeGreaterThan(100);
  // A binary for another kind of machine was never installed here, so that npm knows no digest of it.
  const isElsewhere = ({ optional, os, cpu }: Locked): boolean => optional === true && (os !== undefined || cpu !== undefined);
  expect(locked.filter(([, each]) => !each.integrity?.startsWith("sha512-") && !isElsewhere(each)).map(([path]) => path)).toEqual([]);
  expect(locked.filter(([, { version }]) => !/^\d+\.\d+\.\d+/.test(version ?? "")).map(([path]) => path)).toEqual([]);
  expect(read("package.json")["allowScripts"]).toEqual({ node: true });
});
