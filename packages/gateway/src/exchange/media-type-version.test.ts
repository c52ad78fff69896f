import { expect, it } from "vitest";
import { preferredVersion, withVersion } from "./media-type-version.ts";

const exists = (version: string): boolean => ["v1", "v2"].includes(version);

it.each([
  ["application/json; version=v1", "v1"],
  ['application/json; version="v1"', "v1"],
  ["application/json;version=v1;q=0.2, application/json;version=v2;q=0.9", "v2"],
  ["application/json;version=v1;q=0.5, application/json;version=v2;q=0.5", "v1"],
  ["application/json;version=v2;q=0, application/json;version=v1;q=0.1", "v1"],
  ["application/json;version=v2;q=0", null],
  ["application/json;version=v9, application/json;version=v1;q=0.1", "v1"],
  ["application/json;version=v9;q=0.3, application/json;version=v8", "v8"],
  ['application/json; note="a;version=v9, b"; version=v1', "v1"],
  ['application/json; note="\\";version=v9"; Version = v1', "v1"],
  ["text/html, application/json; version=v1; q=0.5, */*", "v1"],
  ['application/json; note="never closed; version=v1', null],
  ["application/json; version=", null],
  [",;=,;q=;version", null],
  ["*/*", null],
  ["", null],
])("prefers of %s the version %s", (field, version) => {
  expect(preferredVersion(field, "version", exists)).toBe(version);
});

it("puts a version in the place of all that are named and leaves the rest as it is", () => {
  expect(withVersion('a/b; version="v1"; q=0.1 ,c/d;VERSION=v9;x="version=1", */*', "version", "v2")).toBe('a/b; version=v2; q=0.1 ,c/d;VERSION=v2;x="version=1", */*');
  expect(withVersion("*/*", "version", "v2")).toBe("*/*");
});
