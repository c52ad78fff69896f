import fc from "fast-check";
import { expect, it } from "vitest";
import { redactBody } from "./redact-body.ts";

const redact = (text: string, over: Partial<Parameters<typeof redactBody>[1]> = {}) => redactBody(text, { contentType: "application/json", isCut: false, pointers: [], secrets: [], ...over });
const key = `sk-${"a1".repeat(12)}`;

it.each([
  ["a member", '{"password":"hunter2","a":1}', ["/card"], '{"password":"***","a":1}'],
  ["a pointer", '{"card":{"number":4111,"name":"x"},"z":[1]}', ["/card/number"], '{"card":{"number":"***","name":"x"},"z":[1]}'],
  ["a whole object", '{ "card" : {"number":[{"a":"}"}]} , "z":[1]}', ["/card"], '{ "card" : "***" , "z":[1]}'],
  ["an array's item", '{"items":[{"pin":1},{"pin":2}]}', ["/items/1/pin"], '{"items":[{"pin":1},{"pin":"***"}]}'],
  ["an escaped pointer and an escaped name", '{"a/b":1,"\\u0070in":2}', ["/a~1b", "/pin"], '{"a/b":"***","\\u0070in":"***"}'],
  ["a name twice", '{"pin":1,"pin":2}', ["/pin"], '{"pin":"***","pin":"***"}'],
  ["JSON in a string, as tools' arguments are", '{"arguments":"{\\"api_key\\":\\"abc\\",\\"q\\":1}"}', [], '{"arguments":"{\\"api_key\\":\\"***\\",\\"q\\":1}"}'],
  ["a vendor's key in prose", `{"text":"use ${key} now"}`, [], '{"text":"use *** now"}'],
  ["a bearer token in prose", '{"text":"Authorization: Bearer abc"}', [], '{"text":"Authorization: ***"}'],
])("hides %s", (_what, text, pointers, expected) => expect(redact(text, { pointers })).toBe(expected));

it("hides the caller's own key wherever it stands", () => {
  expect(redact('{"x":"my own-secret-key!"}', { secrets: ["own-secret-key"] })).toBe('{"x":"my ***!"}');
});

it("hides what a cut body has, also where the cut goes through it", () => {
  expect(redact('{"a":1,"card":{"number":41', { pointers: ["/card"], isCut: true })).toBe('{"a":1,"card":"***"');
  expect(redact('{"a":1,"password":"hun', { isCut: true })).toBe('{"a":1,"password":"***"');
  expect(redact('{"a":1,"card":{"number":41', { pointers: ["/card"] })).toBeNull();
});

it("leaves counts of tokens, and what only looks like a secret's name, as they are", () => {
  const text = '{"max_tokens":5,"usage":{"prompt_tokens":1,"total_tokens":2},"secretary":"Ann","monkey":"x"}';
  expect(redact(text)).toBe(text);
});

it("hides in each event of a stream and in each line of JSON", () => {
  const stream = 'event: a\ndata: {"user":{"name":"ann"},"n":1}\n\n: note\n\ndata: [DONE]\n\n';
  expect(redact(stream, { contentType: "text/event-stream; charset=utf-8", pointers: ["/user/name"] })).toBe('event: a\ndata: {"user":{"name":"***"},"n":1}\n\n: note\n\ndata: [DONE]\n\n');
  expect(redact('data: {"user":\ndata: {"name":"ann"}}\n\n', { contentType: "text/event-stream", pointers: ["/user"] })).toBe('data: {"user": "***"}\n\n');
  expect(redact('{"pin":1}\n{"pin":2}\n', { contentType: "application/x-ndjson", pointers: ["/pin"] })).toBe('{"pin":"***"}\n{"pin":"***"}\n');
});

it("gives nothing where nobody knows where the pointers lead, and forms in parts never", () => {
  expect(redact("<card>1</card>", { contentType: "application/xml", pointers: ["/card"] })).toBeNull();
  expect(redact("{not json", { pointers: ["/card"] })).toBeNull();
  expect(redact("x", { contentType: "multipart/form-data; boundary=x" })).toBeNull();
  expect(redact("user=ann&password=hunter2&x=1", { contentType: "application/x-www-form-urlencoded" })).toBe("user=ann&password=***&x=1");
  expect(redact("<user><password>hunter2</password></user>", { contentType: "application/xml" })).toBe("<user><password>***</password></user>");
});

it("changes nothing in JSON that hides nothing, and never lets a pointer's value through", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify({ visible: 1, pin: { value } });
      const shown = redact(text, { pointers: ["/pin"] });
      expect(shown).toBe('{"visible":1,"pin":"***"}');
      const numbers = JSON.stringify({ list: [1, [2, { a: null }], true], name: "x" });
      expect(redact(numbers, { pointers: ["/none"] })).toBe(numbers);
    }),
  );
});

it("takes a hostile body in linear time", () => {
  const hostile = ["[".repeat(100_000), `"${"\\".repeat(100_000)}`, `{"a":"${"password=".repeat(10_000)}"}`, "sk-".repeat(30_000), "eyJ".repeat(30_000), "data:".repeat(20_000), "-----BEGIN PRIVATE KEY-----".repeat(2_000)];
  for (const text of hostile) {
    const since = performance.now();
    for (const contentType of ["application/json", "text/event-stream", "text/plain"]) redact(text, { contentType, isCut: true });
    expect(performance.now() - since, text.slice(0, 30)).toBeLessThan(3_000);
  }
});
