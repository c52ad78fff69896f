import { expect, it } from "vitest";
import { intendedDigest, showsIntended } from "./intended-state.ts";
import { absent, type Looking, type Representation } from "../representation/representation.ts";

const looking: Looking = { path: "/notes/7", query: "", consumer: "acme", headers: {}, namesOwnTag: false };
const seen = (body: string): Representation => ({ ...absent, exists: true, status: 200, contentType: "application/json", body: Buffer.from(body) });

function shows(written: string, found: string): boolean {
  const bytes = Buffer.from(written);
  const intended = intendedDigest(looking, { method: "PUT", contentType: "application/json", bytes }, { bytes, current: null });
  return showsIntended(seen(found), looking, intended ?? "");
}

it.each([
  ['{"a":1,"b":2}', '{ "b": 2, "a": 1 }'],
  ['{"b":2,"a":1,"c":null}', '{"a":1,"b":2,"c":null}'],
  ['{"a":{"y":1,"x":[{"q":1,"p":2}]}}', '{"a":{"x":[{"p":2,"q":1}],"y":1}}'],
  ['{"10":1,"9":2,"a":3}', '{"a":3,"9":2,"10":1}'],
])("tells %s by its value in another spelling", (written, found) => {
  expect([shows(written, found), shows(found, written), shows(written, written)]).toEqual([true, true, true]);
});

it("tells other values apart", () => {
  expect([shows('{"a":1,"b":2}', '{"a":2,"b":1}'), shows('{"a":[1,2]}', '{"a":[2,1]}'), shows('{"a":"1"}', '{"a":1}')]).toEqual([false, false, false]);
});
