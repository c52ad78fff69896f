import { expect, it } from "vitest";
import { repeatedMember } from "./repeated-member.ts";

it.each([
  ['{"a":1,"a":2}', "/a"],
  ['{"a":1,"\\u0061":2}', "/a"],
  ['[{"a":{}},{"b":[1,{"c":1,"d":{"e":1},"c":2}]}]', "/1/b/1/c"],
  ['{"a/b":1,"x":{"~":0,"~":0},"a/b":2}', "/x/~0"],
  ['{"a\\"":1,"b":2,"a\\"":3}', '/a"'],
  ['{"a\\\\":1,"a\\\\":3}', "/a\\"],
  ['{"":1,"":2}', "/"],
  [' { "__proto__" : 1 , "__proto__" : 2 } ', "/__proto__"],
])("finds in %s the member %s", (text, pointer) => {
  expect(repeatedMember(text)).toBe(pointer);
});

it.each(['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', '["a","a"]', '{"a":"a","b":"a,\\"a\\":{"}', '"a"', "1", "[]", "{}", '{"a":[],"b":{},"c":[[],{}]}', '[{"x":1},"x",{"x":1}]', '{"a":"}","b":"{\\"b\\":1"}'])("finds none in %s", (text) => {
  expect(repeatedMember(text)).toBeNull();
});

it("costs its length, however it is nested and escaped", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const escaped = JSON.stringify({ a: "\\".repeat(200_000), b: '"'.repeat(200_000) });
  const since = process.cpuUsage();
  expect([repeatedMember(deep), repeatedMember(escaped)]).toEqual([null, null]);
  expect(process.cpuUsage(since).user / 1_000).toBeLessThan(2_000);
});
