import fc from "fast-check";
import { expect, it } from "vitest";
import { FrameWatch } from "./frame-watch.ts";
import { frame } from "../testing/realtime-provider.ts";

it("gives the texts and skips sounds, pings and what is long, wherever the bytes are cut", () => {
  const long = "x".repeat(300_000);
  const stream = Buffer.concat([
    frame("short"), frame(Buffer.alloc(70_000), { opcode: 2 }), frame("é".repeat(200)), frame("", { opcode: 9 }), frame(long), frame(""),
    frame("in ", { isFinal: false }), frame("ping", { opcode: 9 }), frame("two", { opcode: 0 }), frame("last"),
  ]);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (cuts) => {
      const texts: string[] = [];
      const watch = new FrameWatch((text) => texts.push(text));
      const edges = [0, ...cuts.toSorted((one, other) => one - other), stream.length];
      for (const [index, edge] of edges.slice(1).entries()) watch.push(stream.subarray(edges[index], edge));
      expect(texts).toEqual(["short", "é".repeat(200), "", "in two", "last"]);
    }),
    { numRuns: 40 },
  );
});
