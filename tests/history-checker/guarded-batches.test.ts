/**
 * Batches that cross one another, and single writers between them, through a gateway before an upstream that compares nothing;
 * judged by the history checker. A batch takes its places in sorted order, or two of them would wait for each other until one
 * is told that it is too late.
 */
import { randomUUID } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { type Batching, startBatching, withResults } from "../../packages/gateway/src/policies/conflict/batches/batch-upstream.test-support.ts";
import type { NamedWrite } from "./history.ts";
import { findLostUpdates } from "./lost-updates.ts";

interface Version {
  id: string;
  predecessor: string | null;
}

const ids = ["a", "b", "c", "d"];

async function start(settings: { scope?: string } = {}): Promise<Batching> {
  // So long does whoever waits in a circle wait; nobody waits for a tenth of it else.
  const timeouts = { connect: "2s", firstByte: "8s", idle: "8s" };
  const batching = await startBatching({ mode: "require", batches: [withResults] as never, ...settings }, { upstream: { timeouts } });
  onTestFinished(() => batching.stop());
  for (const id of ids) batching.kept.set(`/${id}`, JSON.stringify({ id: `first-${id}`, predecessor: null }));
  return batching;
}

async function read({ call }: Batching, id: string): Promise<{ version: Version; etag: string }> {
  const { text, etag } = await call("GET", `/notes/${id}`);
  return { version: JSON.parse(text) as Version, etag };
}

function outcomeOf(status: number | undefined): NamedWrite["outcome"] {
  return status === undefined || status >= 500 ? "unknown" : status < 300 ? "acknowledged" : "refused";
}

async function writeBatch(batching: Batching, order: readonly string[], history: NamedWrite[]): Promise<string[]> {
  const read_ = await Promise.all(order.map((id) => read(batching, id)));
  const writes = order.map((id, index) => ({ key: id, id: randomUUID(), predecessor: read_[index]?.version.id ?? null }));
  const answer = await batching.post(order.map((id, index) => ({ id, ifMatch: read_[index]?.etag, body: { id: writes[index]?.id, predecessor: writes[index]?.predecessor } })));
  const results = (answer.body["results"] ?? []) as { status: number; problem?: { cause: string } }[];
  for (const [index, write] of writes.entries()) history.push({ ...write, outcome: outcomeOf(results[index]?.status) });
  return results.flatMap(({ problem }) => (problem === undefined ? [] : [problem.cause]));
}

async function writeOne(batching: Batching, id: string, history: NamedWrite[]): Promise<void> {
  const { version, etag } = await read(batching, id);
  const write = { key: id, id: randomUUID(), predecessor: version.id };
  const { status } = await batching.call("PUT", `/notes/${id}`, { headers: { "if-match": etag }, body: { id: write.id, predecessor: version.id } });
  history.push({ ...write, outcome: outcomeOf(status) });
}

it.each([["a lock for each resource", {}], ["one lock for all", { scope: "parent" }]])("crossing batches and single writers lose no acknowledged write and never wait for each other for good, with %s", { timeout: 120_000 }, async (_, settings) => {
  const batching = await start(settings);
  const history: NamedWrite[] = [];
  const causes: string[] = [];
  const rounds = async (round: (count: number) => Promise<void>): Promise<void> => {
    for (let count = 0; count < 8; count += 1) await round(count);
  };
  await Promise.all([
    ...[ids, ids.toReversed(), ["c", "a"], ["b", "d", "a"]].map((order) => rounds(async () => void causes.push(...(await writeBatch(batching, order, history))))),
    ...["a", "d"].map((id) => rounds(() => writeOne(batching, id, history))),
  ]);
  const ends = new Map<string, string | null>();
  for (const id of ids) {
    ends.set(id, (await read(batching, id)).version.id);
    // What was there before the first write.
    history.push({ key: id, id: `first-${id}`, predecessor: null, outcome: "acknowledged" });
  }
  expect(findLostUpdates(history, ends)).toEqual([]);
  expect(history.filter(({ outcome }) => outcome === "acknowledged").length).toBeGreaterThan(ids.length + 10);
  expect(history.filter(({ outcome }) => outcome === "unknown")).toEqual([]);
  // Whoever waits in a circle is told at last that the queue is too long.
  expect(new Set(causes)).toEqual(new Set(["concurrent-modification"]));
});
