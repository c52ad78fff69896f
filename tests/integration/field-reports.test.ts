/** What made people leave other gateways, by their issues: each is carried by a test whose name says which it is. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const reports: Readonly<Record<string, readonly number[]>> = {
  "BerriAI/litellm": [9812, 9820, 11083, 11364, 12685, 13182, 15307, 15601, 22726, 24518, 25219, 25553, 25836, 26015, 26672, 33224, 34929, 37140, 38121, 38193],
  "Portkey-AI/gateway": [267, 1180, 1389, 1718],
  "maximhq/bifrost": [1149, 1480, 2172, 3511, 5354, 5395, 6342, 6972],
  "APIParkLab/APIPark": [103, 296, 323, 413, 418, 434],
};

/** The first argument of a test: a text, then a comma. */
const name = /\(\s*(["'`])((?:(?!\1|\n).)*)\1,\s/g;

test("every report of the field is in the name of a test", () => {
  const root = new URL("../../", import.meta.url).pathname;
  const files = globSync(["packages/*/src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"], { cwd: root });
  const named = files.flatMap((file) => [...readFileSync(root + file, "utf8").matchAll(name)].map(([, , title = ""]) => title)).filter((title) => title.includes("#"));
  const carried = new Set(named.flatMap((title) => title.match(/[\w-]+\/[\w-]+#\d+/g) ?? []));
  const wanted = Object.entries(reports).flatMap(([project, numbers]) => numbers.map((number) => `${project}#${number}`));
  expect(wanted.filter((report) => !carried.has(report))).toEqual([]);
  expect([...carried].filter((report) => Object.keys(reports).some((project) => report.startsWith(`${project}#`)) && !wanted.includes(report))).toEqual([]);
});
