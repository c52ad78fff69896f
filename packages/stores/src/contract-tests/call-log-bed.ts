/** An empty call log for each test of a suite, and the spool that it takes segments from. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callQuery, type CallQuery } from "@parley/contract/api/calls";
import type { CallRecord } from "@parley/contract/call-record";
import { CallBatch } from "@parley/contract/call-segment/call-batch";
import { afterEach, beforeEach } from "vitest";
import type { CallLog, CallPage, Segment } from "../ports/call-log.ts";
import type { CallLogUnderTest } from "./call-log-under-test.ts";

export interface CallLogBed {
  /** The log as it is open now. */
  readonly log: CallLog;
  /** The folder of the segments. */
  readonly spool: string;
  /** Closes the log and opens it again. */
  reopen: () => Promise<void>;
  /** Writes the next segment, as a gateway does. */
  segment: (records: CallRecord[]) => Segment;
  /** The same as an earlier release did: records, and lines that are none. */
  lines: (lines: (CallRecord | string)[]) => Segment;
  /** Takes in one segment. */
  take: (one: Segment) => Promise<{ calls: number; skipped: number | undefined }>;
  find: (query?: Partial<CallQuery>) => Promise<CallPage>;
  idsOf: (query?: Partial<CallQuery>) => Promise<string[]>;
}

export function callLogBed(prepare: () => Promise<CallLogUnderTest>): CallLogBed {
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
  const find: CallLogBed["find"] = (query = {}) => log.find(callQuery.parse(query));
  return {
    get log() {
      return log;
    },
    get spool() {
      return spool;
    },
    async reopen() {
      await log.close();
      log = await place.open();
    },
    segment(records) {
      const name = `1700000000000-0-${++sequence}.parquet`;
      const path = join(spool, name);
      const batch = new CallBatch();
      for (const record of records) batch.add(record);
      writeFileSync(path, batch.take());
      return { name, path };
    },
    lines(lines) {
      const name = `1700000000000-0-${++sequence}.ndjson`;
      const path = join(spool, name);
      writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
      return { name, path };
    },
    async take(one) {
      const { calls, skipped } = await log.ingest([one]);
      return { calls, skipped: skipped[one.name] };
    },
    find,
    idsOf: async (query) => (await find(query)).items.map((call) => call.id),
  };
}
