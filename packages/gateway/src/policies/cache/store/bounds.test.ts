/** What no caller can make the cache hold or spend, however it writes its requests. */
import { expect, it } from "vitest";
import { heapBytes } from "../../../main/heap-bytes.ts";
import { Fetches } from "../fetching/fetches.ts";
import { selectionOf } from "../rules/vary.ts";
import { AnswerCache } from "./answer-cache.ts";
import type { KeptAnswer } from "./kept-answer.ts";

const freshness = { lifetimeMs: 60_000, ageAtReceiptMs: 0, receivedAt: 0, validated: false, strict: false, strictUnlessSaid: false, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
const answer: KeptAnswer = { status: 200, statusText: "OK", rawHeaders: [], body: Buffer.from("x"), freshness, withoutCookies: false, etag: null, lastModified: null };
const nobody = { headers: {}, caller: null };

it("a long run of blanks in a field costs its length, and blanks around separators say nothing", () => {
  const select = (accept: string): string => selectionOf(["accept"], { headers: { accept }, caller: null });
  expect(select(`text/html${" ".repeat(500_000)}x`)).not.toBe("");
  expect(select("text/html ; q=0.5 ,\ta/b;q=1")).toBe("text/html;q=0.5,a/b;q=1");
});

it("answers at deep paths of their own count with the places that they take", () => {
  const cache = new AnswerCache(1024 * 1024);
  for (let count = 0; count < 1_000; count++) {
    const path = `/things/${`${count}/`.repeat(50)}`;
    cache.put({ key: path, path, names: [] }, nobody, answer);
  }
  // Some 15 KiB of nodes each.
  expect(cache.size.entries).toBeLessThan(80);
});

it("remembers which long questions are not kept without keeping the questions", () => {
  const fetches = new Fetches();
  const question = (count: number): string => `/things?${String(count).repeat(8_000)}`;
  const before = heapBytes();
  for (let count = 1_000; count < 6_000; count++) fetches.passes(question(count), 0);
  // 160 MB of questions.
  expect(heapBytes() - before).toBeLessThan(60_000_000);
  expect([fetches.isPassing(question(1_000), 1), fetches.isPassing(question(7_000), 1)]).toEqual([true, false]);
  fetches.keeps(question(1_000));
  expect(fetches.isPassing(question(1_000), 1)).toBe(false);
});
