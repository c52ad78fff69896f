import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CallBatch } from "@parley/contract/call-segment/call-batch";
import { expect, onTestFinished, test } from "vitest";
import { aCall } from "../contract-tests/call-log-under-test.ts";
import { openEmbeddedCallLog } from "./call-log.ts";

const segments = 24;
const callsASegment = 500;

/** Every other one lines, as a gateway writes them where calls are few. */
function fillSpool(spool: string): void {
  const batch = new CallBatch();
  for (let segment = 0; segment < segments; segment++) {
    const calls = Array.from({ length: callsASegment }, (_, call) => aCall({ id: `s${segment}c${call}`, at: segment * 1_000 + call }));
    if (segment % 2 === 0) for (const call of calls) batch.add(call);
    writeFileSync(join(spool, `1-0-${segment}.${segment % 2 === 0 ? "parquet" : "ndjson"}`), segment % 2 === 0 ? batch.take() : calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
  }
}

/** Ends when it has said so many lines, and then was killed in the middle of what it had begun. */
async function takeInUntilKilled({ path, spool, lines }: { path: string; spool: string; lines: number }): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "call-log/ingest-until-killed.ts"), path, spool], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  let said = 0;
  for await (const _line of createInterface({ input: child.stdout })) if (++said === lines) child.kill("SIGKILL");
  expect((await gone)[1]).toBe("SIGKILL");
}

test("killed in the middle of taking segments in, again and again, it has every call once, and its sums as well", { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-call-log-crash-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [path, spool] = [join(directory, "calls.duckdb"), join(directory, "spool")];
  mkdirSync(spool);
  fillSpool(spool);
  for (const lines of [2, 3]) await takeInUntilKilled({ path, spool, lines });

  const log = await openEmbeddedCallLog({ path, onDamage: (message) => expect.unreachable(message) });
  onTestFinished(() => log.close());
  const left = readdirSync(spool).filter((name) => name.startsWith("1-"));
  expect(left.length).toBeGreaterThan(0);
  const { damaged } = await log.ingest(left.map((name) => ({ name, path: join(spool, name) })));
  expect(damaged).toEqual({});
  const calls = segments * callsASegment;
  expect((await log.size()).calls).toBe(calls);
  for (const segment of [0, 1, 7, segments - 1]) {
    const { items } = await log.find({ from: segment * 1_000, to: (segment + 1) * 1_000, limit: 1_000 });
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set(Array.from({ length: callsASegment }, (_, call) => `s${segment}c${call}`)));
    expect(items).toHaveLength(callsASegment);
  }
  expect((await log.overview({ from: 0, to: 3_600_000, service: null, points: 1, tops: 1 }, 3_600_000)).totals.calls).toBe(calls);
});
