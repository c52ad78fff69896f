import { afterEach, describe, expect, it } from "vitest";
import { DocumentReader, NotExamined } from "./document-reader.ts";
import { examine } from "./examination.ts";

const reader = new DocumentReader();
afterEach(() => reader.end());

/** Each of so many operations has a body of twenty members, one of which has the type `third`. */
function documentText(operations: number, third: string): string {
  const properties = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`member_${index}`, { type: index === 3 ? third : "string" }]));
  const content = { "application/json": { schema: { type: "object", properties } } };
  const paths = Object.fromEntries(Array.from({ length: operations }, (_, index) => [`/things${index}`, { put: { operationId: `put${index}`, requestBody: { content }, responses: { 200: { description: "ok" } } } }]));
  return JSON.stringify({ openapi: "3.0.3", info: { title: "Things", version: "1" }, paths });
}

describe("examining documents", () => {
  it("of megabytes leaves the event loop to whoever else is served, and finds what it finds at once of short ones", async () => {
    const order = { text: documentText(1_000, "integer"), before: { text: documentText(1_000, "string") } };
    let turns = 0;
    const count = (): void => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    const found = await reader.examine(order);
    clearImmediate(counting);
    // Read and compared here, it would be one turn.
    expect(turns).toBeGreaterThan(20);
    expect(found).toEqual(examine(order));
    expect([found.operations, found.difference?.changes.length, found.difference?.changes[0]?.kind]).toEqual([1_000, 1_000, "type-changed"]);
  });

  it("one after the other, as many as wait, and tells those past that", async () => {
    const order = { text: documentText(60, "integer"), before: { text: documentText(60, "string") } };
    const all = await Promise.allSettled(Array.from({ length: 34 }, () => reader.examine(order)));
    expect(all.map(({ status }) => status)).toEqual([...Array<string>(32).fill("fulfilled"), "rejected", "rejected"]);
    expect((all.at(-1) as PromiseRejectedResult).reason).toBeInstanceOf(NotExamined);
    expect((await reader.examine(order)).operations).toBe(60);
  });

  it("that end in the middle is told, and the next is examined", async () => {
    const order = { text: documentText(1_000, "integer"), before: null };
    const begun = reader.examine(order);
    await new Promise((resolve) => setImmediate(resolve));
    await reader.end();
    await expect(begun).rejects.toThrow("ended");
    expect((await reader.examine(order)).isReadable).toBe(true);
  });

  it("compares with what gateways have, and finds nothing changed in the same text", () => {
    const before = documentText(1, "string");
    const published = JSON.stringify({ root: JSON.parse(before) as unknown });
    expect(examine({ text: documentText(1, "integer"), before: { published } }).difference?.changes).toHaveLength(1);
    expect(examine({ text: before, before: { text: before } }).difference).toEqual({ changes: [], truncated: false });
    expect(examine({ text: "nothing", before: { text: before } })).toMatchObject({ isReadable: false, difference: null });
  });
});
