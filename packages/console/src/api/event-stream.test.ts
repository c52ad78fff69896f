import fc from "fast-check";
import { expect, test } from "vitest";
import { eventStreamReader } from "./event-stream.ts";

const text = 'event: head\ndata: {"a":1}\n\n: a comment\n\ndata: one\ndata: two\n\ndata:three\r\n\r\ndata: [DONE]\n\n';
const expected = [{ event: "head", data: '{"a":1}' }, { event: "message", data: "one\ntwo" }, { event: "message", data: "three" }, { event: "message", data: "[DONE]" }];

test("events are the same wherever the text is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const read = eventStreamReader();
      const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
      const events = places.slice(1).flatMap((end, index) => read(text.slice(places[index], end)));
      expect(events).toEqual(expected);
    }),
  );
});

test("what has no blank line behind it is not given yet", () => {
  const read = eventStreamReader();
  expect(read("data: half")).toEqual([]);
  expect(read("\n\n")).toEqual([{ event: "message", data: "half" }]);
});
