import fc from "fast-check";
import { expect, test } from "vitest";
import { type ServerSentEvent, serverSentEvents } from "./server-sent-events.ts";

const text = 'event: call\ndata: {"path": "/ä€😀"}\n\n: a comment\r\ndata: one\r\ndata: two\r\n\r\nevent: nothing\n\ndata:last\n\ndata: cut off';

async function read(chunks: readonly Uint8Array[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of serverSentEvents(ReadableStream.from(chunks) as ReadableStream<Uint8Array>)) events.push(event);
  return events;
}

test("reads the same events wherever the bytes are cut", async () => {
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 40 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      expect(await read(chunks)).toEqual([
        { name: "call", data: '{"path": "/ä€😀"}' },
        { name: "message", data: "one\ntwo" },
        { name: "message", data: "last" },
      ]);
    }),
  );
});
