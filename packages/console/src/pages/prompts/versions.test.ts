import { expect, test } from "vitest";
import { defaultVersion, namesIn, nextVersionName, valuesOf, withVariables } from "./versions.ts";

const version = { model: "assistant", messages: [{ role: "system" as const, content: "Into {{language}}." }, { role: "user" as const, content: "{{ text }} {{language}} {{1no}}" }], variables: { language: { default: "English" } } };

test("names in the texts become variables, once, and keep what is known of them", () => {
  expect(namesIn(version)).toEqual(["language", "text"]);
  expect(withVariables(version).variables).toEqual({ language: { default: "English" }, text: {} });
  const whole = withVariables(version);
  expect(withVariables(whole)).toBe(whole);
});

test("the default is what is said, else the last; a new version has a name of its own", () => {
  const spec = { versions: { v1: version, v2: version, draft: version } };
  expect([defaultVersion(spec), defaultVersion({ ...spec, default: "v1" }), nextVersionName(spec), nextVersionName({ versions: {} })]).toEqual(["draft", "v1", "v3", "v1"]);
});

test("values go as their types, and a wrong one as it was written, for the gateway to refuse", () => {
  const typed = { ...version, variables: { text: {}, count: { type: "integer" as const }, loud: { type: "boolean" as const } } };
  expect(valuesOf(typed, { text: "7", count: "7", loud: "true" })).toEqual({ text: "7", count: 7, loud: true });
  expect(valuesOf(typed, { count: "many", loud: "" })).toEqual({ count: "many" });
});
