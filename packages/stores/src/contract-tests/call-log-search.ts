/** What every call log guarantees of what it finds, sorts, counts and exports; each engine runs this suite against itself. */
import { callSortNames, sortedValueOf, type CallSort } from "@parley/contract/query/sort";
import { matcherOf } from "@parley/contract/query/matches";
import { parseQuery } from "@parley/contract/query/parse";
import type { Query } from "@parley/contract/query/query";
import type { CallRecord } from "@parley/contract/call-record";
import { describe, expect, test } from "vitest";
import { InvalidCursorError } from "../ports/call-log.ts";
import { callLogBed } from "./call-log-bed.ts";
import { aCall, aCallWithEverything, type CallLogUnderTest } from "./call-log-under-test.ts";

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

function queryOf(text: string): Query {
  const parsed = parseQuery(text, 0);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.errors[0]?.message}`);
  return parsed.query;
}

export function callLogSearchContract(engine: string, prepare: () => Promise<CallLogUnderTest>): void {
  describe(`search of the call log on ${engine}`, () => {
    const bed = callLogBed(prepare);

    test("pages newest first without a gap or a repetition while calls arrive", async () => {
      const calls = Array.from({ length: 25 }, (_, index) => aCall({ id: `c${String(index).padStart(2, "0")}`, at: 1_000.5 + Math.floor(index / 3) }));
      await bed.take(bed.segment(calls));
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await bed.find(after === undefined ? { limit: 4 } : { limit: 4, after });
        seen.push(...page.items.map((call) => call.id));
        await bed.take(bed.segment([aCall({ id: `new${seen.length}`, at: 9_000 })]));
        if (page.next === null) break;
        after = page.next;
      }
      expect(seen).toEqual(calls.map((call) => call.id).toReversed());
      await expect(bed.find({ after: "nonsense" })).rejects.toThrow(InvalidCursorError);
    });

    test("finds what is old as it finds what is new, and pages from one to the other", async () => {
      const now = 1_700_000_000_000;
      const hour = 3_600_000;
      const ages = [0, 0.5, 2, 23, 25, 100, 200, 5_000, 50_000];
      await bed.take(bed.segment(ages.map((hours, index) => aCall({ id: `c${index}`, at: now - hours * hour, consumer: index % 2 ? "odd" : "even" }))));
      for (const limit of [1, 2, 3, 100]) {
        const seen: string[] = [];
        for (let after: string | undefined; ;) {
          const page = await bed.find(after === undefined ? { limit, consumer: "even" } : { limit, consumer: "even", after });
          seen.push(...page.items.map((call) => call.id));
          if (page.next === null) break;
          after = page.next;
        }
        expect([limit, seen]).toEqual([limit, ["c0", "c2", "c4", "c6", "c8"]]);
      }
      expect(await bed.idsOf({ from: now - 150 * hour, to: now - hour })).toEqual(["c2", "c3", "c4", "c5"]);
    });

    test("sorts by each figure in both directions, pages without a gap or a repetition, and puts calls without it last", async () => {
      const calls = Array.from({ length: 23 }, (_, index) => aCall({
        id: `c${String(index).padStart(2, "0")}`, at: index % 7, durationMs: (index * 5) % 11, status: [200, 409, 500][index % 3] ?? 200, attempts: index % 2,
        ...(index % 4 === 0 ? {} : { costUsd: (index % 5) / 1_000, inputTokens: index % 6, ...(index % 3 === 0 ? {} : { outputTokens: 2 }) }),
      }));
      await bed.take(bed.segment(calls));
      for (const sort of callSortNames) for (const order of ["asc", "desc"] as const) {
        const paged: string[] = [];
        let after: string | undefined;
        do {
          const page = await bed.find({ limit: 4, sort, order, ...(after === undefined ? {} : { after }) });
          paged.push(...page.items.map((call) => call.id));
          after = page.next ?? undefined;
        } while (after !== undefined && paged.length <= calls.length);
        expect([sort, order, paged]).toEqual([sort, order, calls.toSorted(inOrder(sort, order)).map((call) => call.id)]);
      }
    });

    test("a page goes on only as it was sorted", async () => {
      await bed.take(bed.segment([aCall({ id: "a", at: 1 }), aCall({ id: "b", at: 2 })]));
      const { next } = await bed.find({ limit: 1, sort: "latency" });
      await expect(bed.find({ limit: 1, sort: "latency", order: "asc", after: next ?? "" })).rejects.toThrow(InvalidCursorError);
      await expect(bed.find({ limit: 1, after: next ?? "" })).rejects.toThrow(InvalidCursorError);
      expect((await bed.log.find({ limit: 1, sort: "latency", members: ["path"], after: next ?? "" })).items).toMatchObject([{ id: "a" }]);
    });

    test("filters by each member, together", async () => {
      await bed.take(bed.segment([
        aCallWithEverything,
        aCall({ id: "a", at: 10, consumer: "acme", status: 409, method: "PUT" }),
        aCall({ id: "b", at: 20, consumer: "bob", status: 404, path: "/notes/it's" }),
        aCall({ id: "c", at: 30, service: "other", status: 200, kind: "websocket" }),
      ]));
      expect(await bed.idsOf({ service: "notes" })).toEqual(["b", "a"]);
      expect(await bed.idsOf({ consumer: "acme" })).toEqual(["wide", "a"]);
      expect(await bed.idsOf({ status: "409" })).toEqual(["a"]);
      expect(await bed.idsOf({ status: "4xx" })).toEqual(["b", "a"]);
      expect(await bed.idsOf({ status: "error" })).toEqual(["wide", "b", "a"]);
      expect(await bed.idsOf({ kind: "websocket" })).toEqual(["c"]);
      expect(await bed.idsOf({ method: "PUT" })).toEqual(["a"]);
      expect(await bed.idsOf({ model: "assistant" })).toEqual(["wide"]);
      expect(await bed.idsOf({ model: "gpt-5-mini", provider: "openai" })).toEqual(["wide"]);
      expect(await bed.idsOf({ path: "it's" })).toEqual(["b"]);
      expect(await bed.idsOf({ from: 10, to: 30 })).toEqual(["b", "a"]);
      expect(await bed.idsOf({ service: "notes", consumer: "bob", status: "409" })).toEqual([]);
    });

    test("answers a query exactly as the live view's filter does", async () => {
      const calls = [
        aCallWithEverything,
        aCall({ id: "a", at: 10, consumer: "acme", status: 409, method: "PUT", cause: "lost-update", durationMs: 900, path: "/notes/50%_\\" }),
        aCall({ id: "b", at: 20, consumer: "bob's", status: 404, path: "/notes/it's", userAgent: "Mozilla <script>" }),
        aCall({ id: "c", at: 30, service: "", status: 200, kind: "websocket", conditional: true, traceId: "c", spanId: "0" }),
        aCall({ id: "01a2", at: 40, traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "1" }),
      ];
      await bed.take(bed.segment(calls));
      const queries = [
        "", "service:notes", 'service:""', "status:4xx", "status:409,404", "status:400..404", "-status:4xx", "cause:*", "-cause:*", "-cause:lost-update", "latency:>500ms", "latency:1.5", "consumer:\"bob's\"", "path:*50%_*", "path:/notes/*", "path:*\\\\",
        "script", "-script", "model:assistant", "model:gpt*", "-model:*", "cost:>0", "stream:false", "-stream:false", "conditional:true", "at:1970-01-01", "at:<now", "at:>=1970-01-01T00:00:00.020Z", "at:..1970-01-01T00:00:00.020Z", "kind:ai,websocket", "trace:*", "trace:c", "'; drop table calls; --", "requestbytes:>1GiB", "inputtokens:12", "bob", "c", "C", "4bf92f35", "-4bf92f", "4bf92f3577b34da6x",
      ];
      for (const text of queries) {
        const parsed = parseQuery(text, 100);
        if (!parsed.ok) throw new Error(`${text}: ${parsed.errors[0]?.message}`);
        const found = (await bed.log.find({ limit: 100, where: parsed.query })).items.map((call) => call.id).toSorted();
        expect([text, found]).toEqual([text, calls.filter(matcherOf(parsed.query)).map((call) => call.id).toSorted()]);
      }
    });

    test("counts values of fields so that they add up to the total", async () => {
      await bed.take(bed.segment([...Array.from({ length: 10 }, (_, index) => aCall({ id: `c${index}`, at: index, consumer: `c${index % 4}`, status: index < 7 ? 200 : 409 })), aCall({ id: "none", at: 50 })]));
      const facets = await bed.log.facets({ from: 1 }, { fields: ["consumer", "status"], values: 2 });
      expect(facets.calls).toBe(10);
      expect(facets.fields).toEqual([
        { field: "consumer", values: [{ value: "c1", calls: 3 }, { value: "c0", calls: 2 }], others: 4, absent: 1 },
        { field: "status", values: [{ value: "200", calls: 7 }, { value: "409", calls: 3 }], others: 0, absent: 0 },
      ]);
      expect((await bed.log.facets({ from: 1, to: 50 }, { fields: ["model", "consumer", "cause"], values: 1 })).fields).toEqual([
        { field: "model", values: [], others: 0, absent: 9 }, { field: "consumer", values: [{ value: "c1", calls: 3 }], others: 6, absent: 0 }, { field: "cause", values: [], others: 0, absent: 9 },
      ]);
      expect(await bed.log.facets({}, { fields: ["model"], values: 1 })).toEqual({ calls: 11, fields: [{ field: "model", values: [], others: 0, absent: 11 }] });
    });

    test("pages what a free text finds without a gap or a repetition, whatever the calls have, and at one moment too", async () => {
      await bed.take(bed.segment(Array.from({ length: 9 }, (_, index) => aCall({ id: `c${index}`, at: 1_000 + (index >> 2), path: index % 3 ? "/found" : "/other", ...(index === 3 ? { model: "Found-1" } : {}) }))));
      for (const limit of [1, 2, 3, 100]) {
        const seen: string[] = [];
        for (let after: string | undefined, pages = 0; pages < 10; pages++) {
          const page = await bed.log.find({ limit, where: queryOf("FOUND"), after });
          seen.push(...page.items.map((call) => call.id));
          if (page.next === null) break;
          after = page.next;
        }
        expect([limit, seen]).toEqual([limit, ["c8", "c7", "c5", "c4", "c3", "c2", "c1"]]);
      }
      expect((await bed.log.find({ limit: 9, where: queryOf("-found") })).items.map((call) => call.id)).toEqual(["c6", "c0"]);
      expect((await bed.log.find({ limit: 9, where: queryOf("found"), to: 1_000 })).items).toEqual([]);
    });

    test("exports what a search finds, with nothing in it that a spreadsheet would run", async () => {
      await bed.take(bed.segment([aCall({ id: "a", at: 1, userAgent: '=cmd|"x"!A1', path: "/a,b" }), aCall({ id: "b", at: 2 })]));
      const text = async (format: "csv" | "ndjson") => Buffer.concat(await collected(bed.log.export({}, { format, limit: 10, members: ["path", "userAgent"] }))).toString("utf8");
      expect(await text("csv")).toBe('id,at,path,userAgent\r\nb,2,/notes/7,\r\na,1,"/a,b","\'=cmd|""x""!A1"\r\n');
      expect((await text("ndjson")).trimEnd().split("\n").map((line) => JSON.parse(line) as unknown)).toEqual([{ id: "b", at: 2, path: "/notes/7" }, { id: "a", at: 1, path: "/a,b", userAgent: '=cmd|"x"!A1' }]);
      const [first] = await collected(bed.log.export({}, { format: "parquet", limit: 10, members: ["path"] }));
      expect(Buffer.from(first ?? []).subarray(0, 4).toString("latin1")).toBe("PAR1");
    });

    test("an export that nobody reads to its end gives its place back", async () => {
      await bed.take(bed.segment(Array.from({ length: 5_000 }, (_, index) => aCall({ id: `c${index}`, at: index }))));
      for (let round = 0; round < 12; round++) {
        for await (const piece of bed.log.export({}, { format: "ndjson", limit: 5_000, members: [] })) if (piece.length > 0) break;
      }
      expect(await bed.idsOf({ limit: 1 })).toEqual(["c4999"]);
    });
  });
}

function inOrder(sort: CallSort, order: "asc" | "desc"): (one: CallRecord, other: CallRecord) => number {
  const turn = order === "asc" ? 1 : -1;
  return (one, other) => {
    const [first, second] = [sortedValueOf(one, sort), sortedValueOf(other, sort)];
    if (first !== second && (first === undefined || second === undefined)) return first === undefined ? 1 : -1;
    const newer = other.at - one.at || (one.id < other.id ? 1 : -1);
    return (sort === "at" ? 0 : turn * ((first ?? 0) - (second ?? 0))) || (sort === "at" ? -turn : 1) * newer;
  };
}
