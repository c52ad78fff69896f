import fc from "fast-check";
import { expect, it } from "vitest";
import type { AnswerSink } from "../../exchange/answer.ts";
import { jsonListSink } from "./json-list-sink.ts";

function collect(): { sink: AnswerSink; text: () => string; heads: string[][] } {
  const chunks: Buffer[] = [];
  const heads: string[][] = [];
  const sink: AnswerSink = {
    head: (_status, rawHeaders) => void heads.push(rawHeaders), data: (chunk) => chunks.push(chunk) > 0, end: () => {},
    fault: () => {}, onDrain: () => {},
  };
  return { sink, heads, text: () => Buffer.concat(chunks).toString() };
}

it("gives the same list wherever the events are cut", () => {
  const values = [{ a: "漢" }, { b: "\n" }, { c: [1] }];
  const bytes = Buffer.from(`: keep-alive\n\n${values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join("")}`);
  fc.assert(fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 10 }), (cuts) => {
    const { sink, text, heads } = collect();
    const list = jsonListSink(sink);
    list.head(200, ["Content-Type", "text/event-stream; charset=utf-8"]);
    const edges = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
    for (const [index, edge] of edges.slice(1).entries()) list.data(bytes.subarray(edges[index], edge));
    list.end();
    expect(JSON.parse(text())).toEqual(values);
    expect(heads).toEqual([["Content-Type", "application/json; charset=utf-8"]]);
  }));
});

it("leaves an error as it is", () => {
  const { sink, text } = collect();
  const list = jsonListSink(sink);
  list.head(429, ["Content-Type", "application/json"]);
  list.data(Buffer.from('{"error":{}}'));
  list.end();
  expect(text()).toBe('{"error":{}}');
});
