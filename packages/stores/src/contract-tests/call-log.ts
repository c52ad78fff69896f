/** What every call log guarantees of what it takes in, keeps and forgets; each engine runs this suite against itself. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callQuery } from "@parley/contract/api/calls";
import { parseQuery } from "@parley/contract/query/parse";
import type { CallRecord } from "@parley/contract/call-record";
import { describe, expect, test } from "vitest";
import { callLogBed } from "./call-log-bed.ts";
import { aCall, aCallWithEverything, type CallLogUnderTest } from "./call-log-under-test.ts";

export function callLogContract(engine: string, prepare: () => Promise<CallLogUnderTest>): void {
  describe(`call log on ${engine}`, () => {
    const bed = callLogBed(prepare);

    test("gives a record back as it was written, member for member", async () => {
      const plain = aCall({ id: "plain", at: 5 });
      expect(await bed.take(bed.segment([aCallWithEverything, plain]))).toEqual({ calls: 2, skipped: 0 });
      expect(await bed.log.get("wide")).toEqual(aCallWithEverything);
      expect(await bed.log.get("plain")).toEqual(plain);
      expect(await bed.log.get("none")).toBeNull();
    });

    test("takes in the lines that an earlier release left, beside segments as they are now, each with members of its own", async () => {
      const wide = { ...aCallWithEverything, id: "line" };
      const segments = [bed.segment([aCall({ id: "a", at: 1, canary: true, costNanoUsd: 2 ** 40 })]), bed.lines([wide, "nonsense"]), bed.segment([aCall({ id: "b", at: 2, conditional: false }), aCallWithEverything])];
      expect(await bed.log.ingest(segments)).toEqual({ calls: 4, skipped: { [segments[0]?.name ?? ""]: 0, [segments[1]?.name ?? ""]: 1, [segments[2]?.name ?? ""]: 0 }, damaged: {} });
      expect(await bed.log.get("line")).toEqual(wide);
      expect(await bed.log.get("wide")).toEqual(aCallWithEverything);
      expect(await bed.log.get("a")).toEqual(aCall({ id: "a", at: 1, canary: true, costNanoUsd: 2 ** 40 }));
      expect(await bed.log.get("b")).toEqual(aCall({ id: "b", at: 2, conditional: false }));
    });

    test("gives back thousands of records, of whose members some come again and some do not", async () => {
      const records = Array.from({ length: 5_000 }, (_, index) => aCall({
        id: `c${String(index).padStart(4, "0")}`, at: index, path: `/things/${index}`, consumer: `consumer-${index % 300}`, service: index < 4_000 ? "one" : "zwei é €",
        ...(index % 3 === 0 ? { error: `error-${index % 7}`, upstreamMs: index / 4 } : {}), ...(index === 4_321 ? { warnings: ["only here"], stream: true } : {}),
      }));
      await bed.take(bed.segment(records.slice(0, 2_500)));
      await bed.take(bed.segment(records.slice(2_500)));
      for (let page = 0; page < 5; page++) {
        const { items } = await bed.log.find({ limit: 1_000, from: page * 1_000, to: (page + 1) * 1_000 });
        expect(items.toReversed()).toEqual(records.slice(page * 1_000, (page + 1) * 1_000));
      }
    });

    test("keeps a call whose numbers are none, or more than can be counted", async () => {
      await bed.take(bed.segment([aCall({ id: "odd", at: 1, costUsd: Number.NaN, inputTokens: 1e300, upstreamMs: Infinity }), aCall({ id: "b", at: 2 })]));
      expect(await bed.log.get("odd")).toEqual(aCall({ id: "odd", at: 1 }));
    });

    test("tells a segment that is damaged, whatever of it is, and takes in the others", async () => {
      const segments = Array.from({ length: 40 }, (_, index) => bed.segment([aCall({ id: `c${index}`, at: index })]));
      const spoil: ((file: Buffer, index: number) => Buffer)[] = [
        (file, index) => file.subarray(0, Math.floor((file.length * index) / 40)),
        (file, index) => {
          const at = Math.floor((file.length * index) / 40);
          file[at] = (file[at] as number) ^ (1 << index % 8);
          return file;
        },
        (file, index) => Buffer.concat([file.subarray(0, index * 10), file.subarray(index * 11)]),
        (_, index) => Buffer.alloc(index * 20, "PAR1"),
      ];
      const bad = segments.slice(4).map((segment, index) => {
        writeFileSync(segment.path, (spoil[index % spoil.length] as (typeof spoil)[0])(readFileSync(segment.path), index + 1));
        return segment.name;
      });
      for (const again of [false, true]) {
        const { calls, damaged } = await bed.log.ingest(segments);
        expect([calls, Object.keys(damaged)]).toEqual([again ? 0 : 4, bad]);
      }
      expect(await bed.idsOf()).toEqual(["c3", "c2", "c1", "c0"]);
    });

    test("finds every call once, in its own time, where the clock went back and forth between segments", async () => {
      const times = [1_000, 5e12, 2_000, 0, 2_000, 1_700_000_000_000, 1_999.5];
      await bed.log.ingest(times.map((at, index) => (index % 2 === 0 ? bed.segment([aCall({ id: `c${index}`, at })]) : bed.lines([aCall({ id: `c${index}`, at })]))));
      const found: string[] = [];
      for (let after: string | undefined; ;) {
        const { items, next } = await bed.find({ limit: 2, ...(after === undefined ? {} : { after }) });
        found.push(...items.map(({ id }) => id));
        if (next === null) break;
        after = next;
      }
      expect(found).toEqual(["c1", "c5", "c4", "c2", "c6", "c0", "c3"]);
      expect((await bed.log.overview({ from: 0, to: 60_000, service: null, points: 1, tops: 5 }, 60_000)).totals.calls).toBe(5);
    });

    test("gives back the trace and the span that a call's id tells, also where nothing else of it is asked for", async () => {
      const id = "0198f2c3a4b5c6d7e8f9a0b1c2d3e4f5";
      const traced = aCall({ id, at: 5, traceId: id, spanId: id.slice(16) });
      const within = aCall({ id: `${id.slice(0, 31)}0`, at: 6, traceId: "ab".repeat(16), spanId: `${id.slice(16, 31)}0` });
      const untraced = aCall({ id: `${id.slice(0, 31)}1`, at: 7 });
      await bed.take(bed.segment([traced, within, untraced]));
      expect((await bed.find()).items).toEqual([untraced, within, traced]);
      expect((await bed.log.find({ ...callQuery.parse({}), members: ["spanId"] })).items.map(({ spanId }) => spanId)).toEqual([undefined, within.spanId, traced.spanId]);
      const parsed = parseQuery(`trace:${id}`, 100);
      if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
      expect((await bed.log.find({ ...callQuery.parse({}), where: parsed.query })).items.map((call) => call.id)).toEqual([id]);
    });

    test("sums what AI calls cost, exactly, by whom and per period, and says what has no price", async () => {
      const spent = (id: string, at: string, over: Partial<CallRecord>): CallRecord =>
        aCall({ id, at: Date.parse(at), kind: "ai", service: "ai", consumer: "acme", key: "default", provider: "openai", model: "gpt-5-mini", inputTokens: 10, outputTokens: 5, ...over });
      await bed.take(bed.segment([
        spent("1", "2026-01-31T23:59:59.999Z", { costUsd: 0.1, costNanoUsd: 100_000_000 }),
        spent("2", "2026-02-01T00:00:00Z", { costUsd: 0.2, costNanoUsd: 200_000_000 }),
        spent("3", "2026-02-01T05:00:00Z", { costUsd: 0.000_000_001, costNanoUsd: 1, consumer: "other", team: "research", cacheReadTokens: 4 }),
        spent("4", "2026-02-01T06:00:00Z", { provider: "own", model: "llama" }),
        aCall({ id: "5", at: Date.parse("2026-02-01T06:00:00Z"), consumer: "acme" }),
      ]));
      const total = await bed.log.spend({ by: "consumer" }, 10);
      expect(total).toEqual([
        { name: "acme", start: null, calls: 3, inputTokens: 30, outputTokens: 15, cacheReadTokens: 0, costUsd: 0.3, costNanoUsd: 300_000_000, unpricedCalls: 1 },
        { name: "other", start: null, calls: 1, inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, costUsd: 1e-9, costNanoUsd: 1, unpricedCalls: 0 },
      ]);
      const monthly = await bed.log.spend({ by: "key", per: "month" }, 10);
      expect(monthly.map(({ name, start, costNanoUsd }) => [name, start, costNanoUsd])).toEqual([
        ["acme/default", "2026-01-01T00:00:00.000Z", 100_000_000], ["acme/default", "2026-02-01T00:00:00.000Z", 200_000_000], ["other/default", "2026-02-01T00:00:00.000Z", 1],
      ]);
      expect((await bed.log.spend({ by: "model", per: "hour", from: Date.parse("2026-02-01T05:30:00Z") }, 10)).map(({ name, start }) => [name, start])).toEqual([["own/llama", "2026-02-01T06:00:00.000Z"]]);
      expect((await bed.log.spend({ by: "team", per: "day", to: Date.parse("2026-02-01T06:00:00Z") }, 10)).map(({ name }) => name)).toEqual([null, null, "research"]);
    });

    test("takes a segment in once, whatever happens in between", async () => {
      const one = bed.segment([aCall({ id: "a", at: 1 })]);
      expect(await bed.take(one)).toEqual({ calls: 1, skipped: 0 });
      expect(await bed.take(one)).toEqual({ calls: 0, skipped: 0 });
      await bed.reopen();
      expect(await bed.take(one)).toEqual({ calls: 0, skipped: 0 });
      expect((await bed.log.size()).calls).toBe(1);
    });

    test("takes in many segments at once, those that it knows not again, and says which had lines that are no calls", async () => {
      const [one, two, three] = [bed.segment([aCall({ id: "a", at: 1 })]), bed.lines([aCall({ id: "b", at: 2 }), "nonsense"]), bed.segment([aCall({ id: "c", at: 3 })])];
      await bed.log.ingest([one]);
      expect(await bed.log.ingest([one, two, three])).toEqual({ calls: 2, skipped: { [one.name]: 0, [two.name]: 1, [three.name]: 0 }, damaged: {} });
      expect(await bed.idsOf()).toEqual(["c", "b", "a"]);
    });

    test("takes in all of some segments or nothing", async () => {
      const good = bed.segment([aCall({ id: "a", at: 1 })]);
      await expect(bed.log.ingest([good, { name: "1-1-1.ndjson", path: join(bed.spool, "absent") }])).rejects.toThrow();
      expect(await bed.idsOf()).toEqual([]);
      expect(await bed.take(good)).toEqual({ calls: 1, skipped: 0 });
    });

    test("skips and counts lines that are no records, and keeps all others", async () => {
      const hostile = ["garbage", "[1,2]", "null", '"text"', "{}", '{"id":"no-time"}', '{"id":"late","at":"soon"}', '{"id":"endless","at":1e999}', '{"id":"cut","at":9,"sta'];
      const outcome = await bed.take(bed.lines([aCall({ id: "a", at: 1 }), ...hostile.slice(0, 4), aCall({ id: "b", at: 2 }), ...hostile.slice(4)]));
      expect(outcome).toEqual({ calls: 2, skipped: hostile.length });
      expect(await bed.idsOf()).toEqual(["b", "a"]);
    });

    test("cannot be made to lose a call by text that is no Unicode", async () => {
      const hostile = aCall({ id: "odd", at: 1, modelRequested: "\ud800 \\ud800 \ud83d\ude00", path: "/a\u0000b'\"\\" });
      expect(await bed.take(bed.segment([hostile, aCall({ id: "b", at: 2 })]))).toEqual({ calls: 2, skipped: 0 });
      expect(await bed.log.get("odd")).toEqual({ ...hostile, modelRequested: "\ufffd \\ud800 \ud83d\ude00" });
      expect(await bed.take(bed.lines([{ ...hostile, id: "line" }, aCall({ id: "c", at: 2 })]))).toEqual({ calls: 2, skipped: 0 });
      expect(await bed.log.get("line")).toEqual({ ...hostile, id: "line", modelRequested: "\ufffd \\ud800 \ud83d\ude00" });
    });

    test("rejects a segment that is not there, and works on", async () => {
      await expect(bed.take({ name: "1-1-1.ndjson", path: join(bed.spool, "absent") })).rejects.toThrow();
      expect(await bed.take(bed.segment([aCall({ id: "a", at: 1 })]))).toEqual({ calls: 1, skipped: 0 });
    });

    test("knows when each key was last used", async () => {
      await bed.take(bed.segment([aCall({ id: "a", at: 1, consumer: "acme", key: "one" }), aCall({ id: "b", at: 2.5, consumer: "acme", key: "one" }), aCall({ id: "c", at: 9, consumer: "bob", key: "one" })]));
      expect(await bed.log.lastUse("acme")).toEqual(new Map([["one", 2.5]]));
    });

    test("forgets what is older than it is told to keep", async () => {
      await bed.take(bed.segment([aCall({ id: "old", at: 1 }), aCall({ id: "new", at: 100 })]));
      expect(await bed.log.deleteBefore(100)).toBe(1);
      expect(await bed.idsOf()).toEqual(["new"]);
    });

    test("forgets a service's calls, or those of all others", async () => {
      await bed.take(bed.segment([aCall({ id: "mine", at: 1, service: "it's" }), aCall({ id: "other", at: 1 }), aCall({ id: "new", at: 100 }), aCall({ id: "unrouted", at: 1, service: "" })]));
      expect(await bed.log.deleteBefore(100, { otherThan: ["it's"] })).toBe(2);
      expect(await bed.idsOf()).toEqual(["new", "mine"]);
      expect(await bed.log.deleteBefore(100, { service: "it's" })).toBe(1);
      expect(await bed.idsOf()).toEqual(["new"]);
    });
  });
}
