/** What a collector says of what it is sent, as OTLP/HTTP words it, is believed: a part rejected, a pause asked for, a signal that it does not know. */
import { expect, it, vi } from "vitest";
import { counted, lostAt, record, startCollector } from "./collector-under-test.ts";

const plain = { ...record, kind: "http" as const };

it("counts what a collector rejects of a batch that it takes, of each signal, and says why once", async () => {
  await using under = await startCollector();
  under.configure();
  const send = async (rejected: object): Promise<void> => {
    under.answer.body = { partialSuccess: rejected };
    for (let call = 0; call < 10; call++) under.exporter.ended(plain, null);
    await under.exporter.flush();
  };
  await send({ rejectedSpans: "3", errorMessage: "span too old" });
  await send({ rejectedLogRecords: 4 });
  expect([counted(under.exporter, { signal: "spans" }), counted(under.exporter, { signal: "spans", reason: "refused" })].map((count) => count % 10)).toEqual([3, 7]);
  await under.exporter.close();
  expect(under.reasons[0]).toMatch(/^it rejected 3 of what was sent to \/v1\/(traces|logs): span too old$/);
});

it("waits as long as a collector asks for, sends nothing meanwhile however much comes, and then loses none of it", async () => {
  await using under = await startCollector(429);
  under.answer.headers = { "retry-after": "40" };
  const asked = (): number => under.sent.length;
  under.exporter.ended(plain, null);
  await under.exporter.flush();
  under.answer.status = 200;
  for (let call = 1; call < 2000; call++) under.exporter.ended(plain, null);
  under.time.now += 39_999;
  await under.exporter.flush();
  expect(asked()).toBe(1);
  under.time.now += 1;
  await under.exporter.flush();
  expect([counted(under.exporter, { signal: "spans" }), counted(under.exporter, { signal: "spans", reason: "unavailable" })]).toEqual([2000, 0]);
});

it("asks a collector that is away less and less often, at least twice a minute, and once more at the end", async () => {
  await using under = await startCollector(503);
  under.exporter.ended(plain, null);
  const triedAt: number[] = [];
  const begin = under.time.now;
  for (; under.time.now < begin + 120_000; under.time.now += 1_000) {
    const before = under.sent.length;
    await under.exporter.flush();
    if (under.sent.length > before) triedAt.push((under.time.now - begin) / 1_000);
  }
  expect(triedAt).toEqual([0, 2, 6, 14, 30, 60, 90]);
  under.answer.status = 200;
  await under.exporter.close();
  expect(counted(under.exporter, { signal: "spans" })).toBe(1);
});

it("goes on with the signals that a collector takes while it refuses another, and complains of that one once", async () => {
  await using under = await startCollector();
  under.configure();
  under.answer.at = { "/v1/logs": 400 };
  for (let round = 0; round < 4; round++) {
    under.exporter.ended(plain, null);
    await under.exporter.flush();
  }
  expect([counted(under.exporter, { signal: "spans" }), counted(under.exporter, { signal: "logs", reason: "refused" }), under.reasons]).toEqual([4, 4, ["it answered 400 to /v1/logs"]]);
});

it("leaves a collector alone for a moment that asks for no pause, or for one that is over", async () => {
  await using under = await startCollector(429);
  for (const asked of ["0", "0.001", "Thu, 01 Jan 1970 00:00:00 GMT"]) {
    under.answer.headers = { "retry-after": asked };
    const before = under.sent.length;
    for (let call = 0; call < 1000; call++) under.exporter.ended(plain, null);
    for (let round = 0; round < 5; round++) await under.exporter.flush();
    under.time.now += 999;
    await under.exporter.flush();
    expect(under.sent.length - before).toBe(1);
    under.time.now += 1;
  }
});

it("does not wait at the end for a collector that says nothing", async () => {
  await using under = await startCollector(200, 200);
  under.configure();
  under.answer.isSilent = true;
  under.exporter.ended(plain, null);
  await under.exporter.close();
  // One that is given up by itself, after ten seconds, is said to have timed out.
  expect([counted(under.exporter, {}), under.reasons]).toEqual([0, Array(3).fill("it did not answer before the end")]);
});

it("does not hold against a new collector what the one before did not know", async () => {
  await using under = await startCollector();
  under.configure();
  under.answer.isSilent = true;
  under.answer.at = { "/v1/logs": 404, "/v1/traces": 404 };
  under.exporter.ended(plain, null);
  const sending = under.exporter.flush();
  await vi.waitFor(() => expect(under.sent).toHaveLength(2), 20_000);
  under.configure();
  under.answer.isSilent = false;
  under.answer.sayAll?.();
  await sending;
  under.answer.at = {};
  under.exporter.ended(plain, null);
  await under.exporter.flush();
  expect(counted(under.exporter, { signal: "logs" })).toBe(1);
});

it("zips what it sends where that is wanted", async () => {
  await using under = await startCollector();
  under.configure({ compression: "gzip" });
  under.exporter.ended(plain, null);
  await under.exporter.close();
  expect(Object.fromEntries(under.sent.map(({ path, headers, body }) => [path, [headers["content-encoding"], Object.keys(body)[0]]]))).toEqual({
    "/v1/logs": ["gzip", "resourceLogs"], "/v1/metrics": ["gzip", "resourceMetrics"], "/v1/traces": ["gzip", "resourceSpans"],
  });
});

it("knows when the first and the last were dropped, and takes an answer that is no OTLP for what its status says", async () => {
  await using under = await startCollector(400);
  for (let round = 0; round < 3; round++) {
    under.exporter.ended(plain, null);
    await under.exporter.flush();
    under.time.now += 1_000;
  }
  expect(lostAt(under.exporter, { signal: "spans", reason: "refused" })).toEqual([{ firstAt: 1_700_000_001_000, lastAt: 1_700_000_003_000 }]);
  under.answer.status = 200;
  for (const body of ["<html>", { partialSuccess: null }, { partialSuccess: { rejectedSpans: "-5" } }, { partialSuccess: { rejectedSpans: "1e99" } }, [], "x".repeat(100_000)]) {
    under.answer.body = body;
    under.exporter.ended(plain, null);
    await under.exporter.flush();
  }
  expect([counted(under.exporter, { signal: "spans" }), counted(under.exporter, { signal: "spans", reason: "refused" })]).toEqual([6, 3]);
});
