/** What every call log guarantees; each engine runs this suite against itself. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callQuery, type CallQuery } from "@parley/contract/api/calls";
import { matcherOf } from "@parley/contract/query/matches";
import { callSortNames, sortedValueOf, type CallSort } from "@parley/contract/query/sort";
import { parseQuery } from "@parley/contract/query/parse";
import type { Query } from "@parley/contract/query/query";
import type { CallRecord } from "@parley/contract/call-record";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InvalidCursorError, type CallLog, type Segment } from "../ports/call-log.ts";
import { aCall, type CallLogUnderTest } from "./call-log-under-test.ts";

const wide = aCall({
  id: "wide", at: 1_700_000_000_000.25, kind: "ai", service: "ai", consumer: "acme", key: "default", status: 502, error: "provider-error",
  errorDetail: "the provider said 'no'", cutBy: "upstream", cause: "busy", conflict: "0123456789abcdef0123456789abcdef", traceId: "ab".repeat(16), spanId: "cd".repeat(8), firstByteMs: 0.125, requestBytes: 2 ** 40, upstreamStatus: 500, stream: false,
  attemptLog: [{ target: "openai", startMs: 0, durationMs: 2.5, status: 500, failure: "status" }], steps: [["access", 0, 0.1]],
  inputTokens: 12, costUsd: 0.000_012_5, warnings: ["dropped: seed"], modelRequested: "assistant", model: "gpt-5-mini", provider: "openai",
});

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

export function callLogContract(engine: string, prepare: () => Promise<CallLogUnderTest>): void {
  describe(`call log on ${engine}`, () => {
    let place: CallLogUnderTest;
    let log: CallLog;
    let spool: string;
    let sequence = 0;
    beforeEach(async () => {
      spool = mkdtempSync(join(tmpdir(), "parley-spool-"));
      place = await prepare();
      log = await place.open();
    });
    afterEach(async () => {
      await log.close();
      await place.destroy();
      rmSync(spool, { recursive: true, force: true });
    });

    const segment = (lines: (CallRecord | string)[]) => {
      const name = `1700000000000-0-${++sequence}.ndjson`;
      const path = join(spool, name);
      writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
      return { name, path };
    };
    const take = async (one: Segment) => {
      const { calls, skipped } = await log.ingest([one]);
      return { calls, skipped: skipped[one.name] };
    };
    const find = (query: Partial<CallQuery> = {}) => log.find(callQuery.parse(query));
    const idsOf = async (query: Partial<CallQuery> = {}) => (await find(query)).items.map((call) => call.id);

    test("gives a record back as it was written, member for member", async () => {
      const plain = aCall({ id: "plain", at: 5 });
      expect(await take(segment([wide, plain]))).toEqual({ calls: 2, skipped: 0 });
      expect(await log.get("wide")).toEqual(wide);
      expect(await log.get("plain")).toEqual(plain);
      expect(await log.get("none")).toBeNull();
    });

    test("gives back the trace and the span that a call's id tells, also where nothing else of it is asked for", async () => {
      const id = "0198f2c3a4b5c6d7e8f9a0b1c2d3e4f5";
      const traced = aCall({ id, at: 5, traceId: id, spanId: id.slice(16) });
      const within = aCall({ id: `${id.slice(0, 31)}0`, at: 6, traceId: "ab".repeat(16), spanId: `${id.slice(16, 31)}0` });
      const untraced = aCall({ id: `${id.slice(0, 31)}1`, at: 7 });
      await take(segment([traced, within, untraced]));
      expect((await find()).items).toEqual([untraced, within, traced]);
      expect((await log.find({ ...callQuery.parse({}), members: ["spanId"] })).items.map(({ spanId }) => spanId)).toEqual([undefined, within.spanId, traced.spanId]);
      const parsed = parseQuery(`trace:${id}`, 100);
      if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
      expect((await log.find({ ...callQuery.parse({}), where: parsed.query })).items.map((call) => call.id)).toEqual([id]);
    });

    test("sums what AI calls cost, exactly, by whom and per period, and says what has no price", async () => {
      const spent = (id: string, at: string, over: Partial<CallRecord>): CallRecord =>
        aCall({ id, at: Date.parse(at), kind: "ai", service: "ai", consumer: "acme", key: "default", provider: "openai", model: "gpt-5-mini", inputTokens: 10, outputTokens: 5, ...over });
      await take(segment([
        spent("1", "2026-01-31T23:59:59.999Z", { costUsd: 0.1, costNanoUsd: 100_000_000 }),
        spent("2", "2026-02-01T00:00:00Z", { costUsd: 0.2, costNanoUsd: 200_000_000 }),
        spent("3", "2026-02-01T05:00:00Z", { costUsd: 0.000_000_001, costNanoUsd: 1, consumer: "other", team: "research", cacheReadTokens: 4 }),
        spent("4", "2026-02-01T06:00:00Z", { provider: "own", model: "llama" }),
        aCall({ id: "5", at: Date.parse("2026-02-01T06:00:00Z"), consumer: "acme" }),
      ]));
      const total = await log.spend({ by: "consumer" }, 10);
      expect(total).toEqual([
        { name: "acme", start: null, calls: 3, inputTokens: 30, outputTokens: 15, cacheReadTokens: 0, costUsd: 0.3, costNanoUsd: 300_000_000, unpricedCalls: 1 },
        { name: "other", start: null, calls: 1, inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, costUsd: 1e-9, costNanoUsd: 1, unpricedCalls: 0 },
      ]);
      const monthly = await log.spend({ by: "key", per: "month" }, 10);
      expect(monthly.map(({ name, start, costNanoUsd }) => [name, start, costNanoUsd])).toEqual([
        ["acme/default", "2026-01-01T00:00:00.000Z", 100_000_000], ["acme/default", "2026-02-01T00:00:00.000Z", 200_000_000], ["other/default", "2026-02-01T00:00:00.000Z", 1],
      ]);
      expect((await log.spend({ by: "model", per: "hour", from: Date.parse("2026-02-01T05:30:00Z") }, 10)).map(({ name, start }) => [name, start])).toEqual([["own/llama", "2026-02-01T06:00:00.000Z"]]);
      expect((await log.spend({ by: "team", per: "day", to: Date.parse("2026-02-01T06:00:00Z") }, 10)).map(({ name }) => name)).toEqual([null, null, "research"]);
    });

    test("takes a segment in once, whatever happens in between", async () => {
      const one = segment([aCall({ id: "a", at: 1 })]);
      expect(await take(one)).toEqual({ calls: 1, skipped: 0 });
      expect(await take(one)).toEqual({ calls: 0, skipped: 0 });
      await log.close();
      log = await place.open();
      expect(await take(one)).toEqual({ calls: 0, skipped: 0 });
      expect((await log.size()).calls).toBe(1);
    });

    test("takes in many segments at once, those that it knows not again, and says which had lines that are no calls", async () => {
      const [one, two, three] = [segment([aCall({ id: "a", at: 1 })]), segment([aCall({ id: "b", at: 2 }), "nonsense"]), segment([aCall({ id: "c", at: 3 })])];
      await log.ingest([one]);
      expect(await log.ingest([one, two, three])).toEqual({ calls: 2, skipped: { [one.name]: 0, [two.name]: 1, [three.name]: 0 } });
      expect(await idsOf()).toEqual(["c", "b", "a"]);
    });

    test("takes in all of some segments or nothing", async () => {
      const good = segment([aCall({ id: "a", at: 1 })]);
      await expect(log.ingest([good, { name: "1-1-1.ndjson", path: join(spool, "absent") }])).rejects.toThrow();
      expect(await idsOf()).toEqual([]);
      expect(await take(good)).toEqual({ calls: 1, skipped: 0 });
    });

    test("skips and counts lines that are no records, and keeps all others", async () => {
      const hostile = ["garbage", "[1,2]", "null", '"text"', "{}", '{"id":"no-time"}', '{"id":"late","at":"soon"}', '{"id":"endless","at":1e999}', '{"id":"cut","at":9,"sta'];
      const outcome = await take(segment([aCall({ id: "a", at: 1 }), ...hostile.slice(0, 4), aCall({ id: "b", at: 2 }), ...hostile.slice(4)]));
      expect(outcome).toEqual({ calls: 2, skipped: hostile.length });
      expect(await idsOf()).toEqual(["b", "a"]);
    });

    test("cannot be made to lose a call by text that is no Unicode", async () => {
      const hostile = aCall({ id: "odd", at: 1, modelRequested: "\ud800 \\ud800 \ud83d\ude00", path: "/a\u0000b'\"\\" });
      expect(await take(segment([hostile, aCall({ id: "b", at: 2 })]))).toEqual({ calls: 2, skipped: 0 });
      expect(await log.get("odd")).toEqual({ ...hostile, modelRequested: "\ufffd \\ud800 \ud83d\ude00" });
    });

    test("rejects a segment that is not there, and works on", async () => {
      await expect(take({ name: "1-1-1.ndjson", path: join(spool, "absent") })).rejects.toThrow();
      expect(await take(segment([aCall({ id: "a", at: 1 })]))).toEqual({ calls: 1, skipped: 0 });
    });

    test("pages newest first without a gap or a repetition while calls arrive", async () => {
      const calls = Array.from({ length: 25 }, (_, index) => aCall({ id: `c${String(index).padStart(2, "0")}`, at: 1_000.5 + Math.floor(index / 3) }));
      await take(segment(calls));
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await find(after === undefined ? { limit: 4 } : { limit: 4, after });
        seen.push(...page.items.map((call) => call.id));
        await take(segment([aCall({ id: `new${sequence}`, at: 9_000 })]));
        if (page.next === null) break;
        after = page.next;
      }
      expect(seen).toEqual(calls.map((call) => call.id).toReversed());
      await expect(find({ after: "nonsense" })).rejects.toThrow(InvalidCursorError);
    });

    test("finds what is old as it finds what is new, and pages from one to the other", async () => {
      const now = 1_700_000_000_000;
      const hour = 3_600_000;
      const ages = [0, 0.5, 2, 23, 25, 100, 200, 5_000, 50_000];
      await take(segment(ages.map((hours, index) => aCall({ id: `c${index}`, at: now - hours * hour, consumer: index % 2 ? "odd" : "even" }))));
      for (const limit of [1, 2, 3, 100]) {
        const seen: string[] = [];
        for (let after: string | undefined; ;) {
          const page = await find(after === undefined ? { limit, consumer: "even" } : { limit, consumer: "even", after });
          seen.push(...page.items.map((call) => call.id));
          if (page.next === null) break;
          after = page.next;
        }
        expect([limit, seen]).toEqual([limit, ["c0", "c2", "c4", "c6", "c8"]]);
      }
      expect(await idsOf({ from: now - 150 * hour, to: now - hour })).toEqual(["c2", "c3", "c4", "c5"]);
    });

    test("sorts by each figure in both directions, pages without a gap or a repetition, and puts calls without it last", async () => {
      const calls = Array.from({ length: 23 }, (_, index) => aCall({
        id: `c${String(index).padStart(2, "0")}`, at: index % 7, durationMs: (index * 5) % 11, status: [200, 409, 500][index % 3] ?? 200, attempts: index % 2,
        ...(index % 4 === 0 ? {} : { costUsd: (index % 5) / 1_000, inputTokens: index % 6, ...(index % 3 === 0 ? {} : { outputTokens: 2 }) }),
      }));
      await take(segment(calls));
      for (const sort of callSortNames) for (const order of ["asc", "desc"] as const) {
        const paged: string[] = [];
        let after: string | undefined;
        do {
          const page = await find({ limit: 4, sort, order, ...(after === undefined ? {} : { after }) });
          paged.push(...page.items.map((call) => call.id));
          after = page.next ?? undefined;
        } while (after !== undefined && paged.length <= calls.length);
        expect([sort, order, paged]).toEqual([sort, order, calls.toSorted(inOrder(sort, order)).map((call) => call.id)]);
      }
    });

    test("a page goes on only as it was sorted", async () => {
      await take(segment([aCall({ id: "a", at: 1 }), aCall({ id: "b", at: 2 })]));
      const { next } = await find({ limit: 1, sort: "latency" });
      await expect(find({ limit: 1, sort: "latency", order: "asc", after: next ?? "" })).rejects.toThrow(InvalidCursorError);
      await expect(find({ limit: 1, after: next ?? "" })).rejects.toThrow(InvalidCursorError);
      expect((await log.find({ limit: 1, sort: "latency", members: ["path"], after: next ?? "" })).items).toMatchObject([{ id: "a" }]);
    });

    test("filters by each member, together", async () => {
      await take(segment([
        wide,
        aCall({ id: "a", at: 10, consumer: "acme", status: 409, method: "PUT" }),
        aCall({ id: "b", at: 20, consumer: "bob", status: 404, path: "/notes/it's" }),
        aCall({ id: "c", at: 30, service: "other", status: 200, kind: "websocket" }),
      ]));
      expect(await idsOf({ service: "notes" })).toEqual(["b", "a"]);
      expect(await idsOf({ consumer: "acme" })).toEqual(["wide", "a"]);
      expect(await idsOf({ status: "409" })).toEqual(["a"]);
      expect(await idsOf({ status: "4xx" })).toEqual(["b", "a"]);
      expect(await idsOf({ status: "error" })).toEqual(["wide", "b", "a"]);
      expect(await idsOf({ kind: "websocket" })).toEqual(["c"]);
      expect(await idsOf({ method: "PUT" })).toEqual(["a"]);
      expect(await idsOf({ model: "assistant" })).toEqual(["wide"]);
      expect(await idsOf({ model: "gpt-5-mini", provider: "openai" })).toEqual(["wide"]);
      expect(await idsOf({ path: "it's" })).toEqual(["b"]);
      expect(await idsOf({ from: 10, to: 30 })).toEqual(["b", "a"]);
      expect(await idsOf({ service: "notes", consumer: "bob", status: "409" })).toEqual([]);
    });

    test("answers a query exactly as the live view's filter does", async () => {
      const calls = [
        wide,
        aCall({ id: "a", at: 10, consumer: "acme", status: 409, method: "PUT", cause: "lost-update", durationMs: 900, path: "/notes/50%_\\" }),
        aCall({ id: "b", at: 20, consumer: "bob's", status: 404, path: "/notes/it's", userAgent: "Mozilla <script>" }),
        aCall({ id: "c", at: 30, service: "", status: 200, kind: "websocket", conditional: true, traceId: "c", spanId: "0" }),
        aCall({ id: "01a2", at: 40, traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "1" }),
      ];
      await take(segment(calls));
      const queries = [
        "", "service:notes", 'service:""', "status:4xx", "status:409,404", "status:400..404", "-status:4xx", "cause:*", "-cause:*", "-cause:lost-update", "latency:>500ms", "latency:1.5", "consumer:\"bob's\"", "path:*50%_*", "path:/notes/*", "path:*\\\\",
        "script", "-script", "model:assistant", "model:gpt*", "-model:*", "cost:>0", "stream:false", "-stream:false", "conditional:true", "at:1970-01-01", "at:<now", "at:>=1970-01-01T00:00:00.020Z", "at:..1970-01-01T00:00:00.020Z", "kind:ai,websocket", "trace:*", "trace:c", "'; drop table calls; --", "requestbytes:>1GiB", "inputtokens:12", "bob", "c", "C", "4bf92f35", "-4bf92f", "4bf92f3577b34da6x",
      ];
      for (const text of queries) {
        const parsed = parseQuery(text, 100);
        if (!parsed.ok) throw new Error(`${text}: ${parsed.errors[0]?.message}`);
        const found = (await log.find({ limit: 100, where: parsed.query })).items.map((call) => call.id).toSorted();
        expect([text, found]).toEqual([text, calls.filter(matcherOf(parsed.query)).map((call) => call.id).toSorted()]);
      }
    });

    test("counts values of fields so that they add up to the total", async () => {
      await take(segment([...Array.from({ length: 10 }, (_, index) => aCall({ id: `c${index}`, at: index, consumer: `c${index % 4}`, status: index < 7 ? 200 : 409 })), aCall({ id: "none", at: 50 })]));
      const facets = await log.facets({ from: 1 }, { fields: ["consumer", "status"], values: 2 });
      expect(facets.calls).toBe(10);
      expect(facets.fields).toEqual([
        { field: "consumer", values: [{ value: "c1", calls: 3 }, { value: "c0", calls: 2 }], others: 4, absent: 1 },
        { field: "status", values: [{ value: "200", calls: 7 }, { value: "409", calls: 3 }], others: 0, absent: 0 },
      ]);
      expect((await log.facets({ from: 1, to: 50 }, { fields: ["model", "consumer", "cause"], values: 1 })).fields).toEqual([
        { field: "model", values: [], others: 0, absent: 9 }, { field: "consumer", values: [{ value: "c1", calls: 3 }], others: 6, absent: 0 }, { field: "cause", values: [], others: 0, absent: 9 },
      ]);
      expect(await log.facets({}, { fields: ["model"], values: 1 })).toEqual({ calls: 11, fields: [{ field: "model", values: [], others: 0, absent: 11 }] });
    });

    test("pages what a free text finds without a gap or a repetition, whatever the calls have, and at one moment too", async () => {
      await take(segment(Array.from({ length: 9 }, (_, index) => aCall({ id: `c${index}`, at: 1_000 + (index >> 2), path: index % 3 ? "/found" : "/other", ...(index === 3 ? { model: "Found-1" } : {}) }))));
      for (const limit of [1, 2, 3, 100]) {
        const seen: string[] = [];
        for (let after: string | undefined, pages = 0; pages < 10; pages++) {
          const page = await log.find({ limit, where: queryOf("FOUND"), after });
          seen.push(...page.items.map((call) => call.id));
          if (page.next === null) break;
          after = page.next;
        }
        expect([limit, seen]).toEqual([limit, ["c8", "c7", "c5", "c4", "c3", "c2", "c1"]]);
      }
      expect((await log.find({ limit: 9, where: queryOf("-found") })).items.map((call) => call.id)).toEqual(["c6", "c0"]);
      expect((await log.find({ limit: 9, where: queryOf("found"), to: 1_000 })).items).toEqual([]);
    });

    test("exports what a search finds, with nothing in it that a spreadsheet would run", async () => {
      await take(segment([aCall({ id: "a", at: 1, userAgent: '=cmd|"x"!A1', path: "/a,b" }), aCall({ id: "b", at: 2 })]));
      const text = async (format: "csv" | "ndjson") => Buffer.concat(await collected(log.export({}, { format, limit: 10, members: ["path", "userAgent"] }))).toString("utf8");
      expect(await text("csv")).toBe('id,at,path,userAgent\r\nb,2,/notes/7,\r\na,1,"/a,b","\'=cmd|""x""!A1"\r\n');
      expect((await text("ndjson")).trimEnd().split("\n").map((line) => JSON.parse(line) as unknown)).toEqual([{ id: "b", at: 2, path: "/notes/7" }, { id: "a", at: 1, path: "/a,b", userAgent: '=cmd|"x"!A1' }]);
      const [first] = await collected(log.export({}, { format: "parquet", limit: 10, members: ["path"] }));
      expect(Buffer.from(first ?? []).subarray(0, 4).toString("latin1")).toBe("PAR1");
    });

    test("an export that nobody reads to its end gives its place back", async () => {
      await take(segment(Array.from({ length: 5_000 }, (_, index) => aCall({ id: `c${index}`, at: index }))));
      for (let round = 0; round < 12; round++) {
        for await (const piece of log.export({}, { format: "ndjson", limit: 5_000, members: [] })) if (piece.length > 0) break;
      }
      expect(await idsOf({ limit: 1 })).toEqual(["c4999"]);
    });

    test("knows when each key was last used", async () => {
      await take(segment([aCall({ id: "a", at: 1, consumer: "acme", key: "one" }), aCall({ id: "b", at: 2.5, consumer: "acme", key: "one" }), aCall({ id: "c", at: 9, consumer: "bob", key: "one" })]));
      expect(await log.lastUse("acme")).toEqual(new Map([["one", 2.5]]));
    });

    test("forgets what is older than it is told to keep", async () => {
      await take(segment([aCall({ id: "old", at: 1 }), aCall({ id: "new", at: 100 })]));
      expect(await log.deleteBefore(100)).toBe(1);
      expect(await idsOf()).toEqual(["new"]);
    });

    test("forgets a service's calls, or those of all others", async () => {
      await take(segment([aCall({ id: "mine", at: 1, service: "it's" }), aCall({ id: "other", at: 1 }), aCall({ id: "new", at: 100 }), aCall({ id: "unrouted", at: 1, service: "" })]));
      expect(await log.deleteBefore(100, { otherThan: ["it's"] })).toBe(2);
      expect(await idsOf()).toEqual(["new", "mine"]);
      expect(await log.deleteBefore(100, { service: "it's" })).toBe(1);
      expect(await idsOf()).toEqual(["new"]);
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
