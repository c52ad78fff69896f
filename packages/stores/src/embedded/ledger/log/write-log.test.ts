import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../contract-tests/ledger/harness.ts";
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../../ports/ledger.ts";
import { LedgerHost, logPath } from "../host.ts";
import { resourceKey } from "../keys.ts";
import { LogFile } from "./log-file.ts";
import { RecordBuffer } from "./record-buffer.ts";

const files = ["ledger.db", "ledger.db-wal", "ledger.db-log"];

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

function openHost(directory: string): LedgerHost {
  const host = new LedgerHost({ path: join(directory, "ledger.db"), now: () => 1_000, fatal: (error) => expect.fail(error.message) });
  onTestFinished(() => host.close());
  return host;
}

const session = {};

function ask<Name extends LedgerOperation>(host: LedgerHost, name: Name, input: LedgerInput<Name>): Promise<LedgerOutput<Name>> {
  return new Promise((answer, failed) => host.submit(name, { session, input, answer, failed }));
}

const noted = (path: string, letter = "a"): LedgerInput<"noteState"> => ({ service: "notes", path, view: "", etag: null, digest: digestOf(letter), startedAt: 2_000 });
const revisionOf = async (host: LedgerHost, path: string): Promise<number | null> => (await ask(host, "readResource", { service: "notes", path, view: "" }))?.revision ?? null;

/** The files as a kill at this moment would leave them. */
function leftBehind(directory: string): string {
  const copy = newDirectory();
  for (const name of files) copyFileSync(join(directory, name), join(copy, name));
  return copy;
}

it("has what was answered in the log before any commit, and in the tables after the next start", async () => {
  const directory = newDirectory();
  const host = openHost(directory);
  await ask(host, "noteState", noted("/first"));
  for (const letter of ["a", "b", "c"]) await ask(host, "noteState", noted("/7", letter));
  expect(readFileSync(logPath(join(directory, "ledger.db"))).length).toBeGreaterThan(0);
  const left = leftBehind(directory);
  const again = openHost(left);
  expect(await revisionOf(again, "/7")).toBe(3);
  expect(readFileSync(logPath(join(left, "ledger.db")))).toHaveLength(0);
});

it("takes the batches that are whole, wherever a kill cut the last one short", async () => {
  const directory = newDirectory();
  const host = openHost(directory);
  await ask(host, "noteState", noted("/first"));
  await ask(host, "noteState", noted("/7"));
  const { length } = readFileSync(join(directory, "ledger.db-log"));
  await ask(host, "noteState", noted("/7", "b"));
  const whole = readFileSync(join(directory, "ledger.db-log"));
  for (let end = 0; end < whole.length; end += 5) {
    const left = leftBehind(directory);
    writeFileSync(join(left, "ledger.db-log"), whole.subarray(0, end));
    const again = openHost(left);
    expect(await revisionOf(again, "/7")).toBe(end < length ? null : 1);
    expect(await revisionOf(again, "/first")).toBe(1);
  }
});

it("takes nothing from a log that was committed before it could be cleared", async () => {
  const directory = newDirectory();
  const host = openHost(directory);
  await ask(host, "noteState", noted("/first"));
  await ask(host, "noteState", noted("/7"));
  const committed = readFileSync(join(directory, "ledger.db-log"));
  for (const letter of ["b", "c"]) await ask(host, "noteState", noted("/7", letter));
  await ask(host, "size", { service: null });
  expect(readFileSync(join(directory, "ledger.db-log"))).toHaveLength(0);
  const left = leftBehind(directory);
  writeFileSync(join(left, "ledger.db-log"), committed);
  expect(await revisionOf(openHost(left), "/7")).toBe(3);
});

it("takes back an operation that fails, and keeps those before and after it in the same batch", async () => {
  const directory = newDirectory();
  const host = openHost(directory);
  await ask(host, "noteState", noted("/first"));
  const base = { contentType: "text/plain", body: Buffer.from("kept before it fails"), retainMs: 60_000 };
  const bad = { ...noted("/bad"), base, view: 7 } as unknown as LedgerInput<"noteState">;
  const asked = [noted("/7"), bad, noted("/8"), noted("/7", "b")].map((input) => ask(host, "noteState", input).then((output) => output.revision, (error: Error) => error.message));
  const lease = ask(host, "acquireLease", { service: "notes", path: "/9", holder: "acme", token: null, ttlMs: 1, restMs: 1, maxWaiting: 1, waitMs: 1 });
  const later = ask(host, "noteState", bad).catch(() => "refused");
  expect(await Promise.all(asked)).toEqual([1, expect.stringContaining("putResource"), 1, 2]);
  expect((await lease).kind).toBe("granted");
  expect(await later).toBe("refused");
  for (const one of [host, openHost(leftBehind(directory))]) {
    expect([await revisionOf(one, "/7"), await revisionOf(one, "/8"), await revisionOf(one, "/bad")]).toEqual([2, 1, null]);
    expect(await ask(one, "size", { service: null })).toMatchObject({ resources: 4, leases: 1, representations: 0, bases: 0 });
  }
});

it("refuses what a table would refuse later, when it is too late", async () => {
  const host = openHost(newDirectory());
  const base = { contentType: 7 as unknown as string, body: Buffer.from("x"), retainMs: 60_000 };
  await expect(ask(host, "noteState", { ...noted("/6"), base })).rejects.toThrow(/body/);
  const place = { service: "notes", path: null as unknown as string, view: "", etag: null, digest: digestOf("a"), startedAt: 0 };
  await expect(ask(host, "noteState", place)).rejects.toThrow(/putResource/);
  await ask(host, "noteState", noted("/7"));
  expect(await ask(host, "size", { service: null })).toMatchObject({ resources: 1 });
});

it("goes on with the tables and the log of a release that kept every view beside its resource", async () => {
  const directory = newDirectory();
  const earlier = openHost(directory);
  await ask(earlier, "noteState", noted("/7"));
  await ask(earlier, "size", { service: null });
  const left = leftBehind(directory);
  const database = new DatabaseSync(join(left, "ledger.db"));
  const { epoch } = database.prepare("SELECT epoch FROM log_epoch").get() as { epoch: number };
  database.exec("ALTER TABLE resource DROP COLUMN view");
  database.close();
  const records = new RecordBuffer();
  records.add(1, [resourceKey({ service: "notes", path: "/8" }), 1, "/8", 5, 2, 1, "acme", 1, 5, null, null]);
  records.add(6, [resourceKey({ service: "notes", path: "/8" }), "acme's", 1, 5, null, Buffer.from(digestOf("a"), "base64url")]);
  const log = new LogFile(join(left, "ledger.db-log"));
  log.append(epoch, records.filled);
  log.close();
  const host = openHost(left);
  expect([await revisionOf(host, "/7"), await revisionOf(host, "/8")]).toEqual([1, 5]);
  expect(await ask(host, "readResource", { service: "notes", path: "/8", view: "acme's" })).toMatchObject({ revision: 5, digest: digestOf("a") });
});

it("commits by itself before what a commit has to bring is long, and loses nothing but the bodies that it has not met", async () => {
  const directory = newDirectory();
  const host = openHost(directory);
  const body = Buffer.alloc(100_000, 97);
  for (let index = 0; index < 50; index += 1) await ask(host, "noteState", { ...noted(`/${index}`), base: { contentType: "text/plain", body, retainMs: 60_000 } });
  expect(readFileSync(join(directory, "ledger.db-log")).length).toBeLessThan(100_000);
  const size = await ask(openHost(leftBehind(directory)), "size", { service: null });
  expect(size.resources).toBe(50);
  expect(size.bases).toBeGreaterThan(40);
  expect(await ask(host, "size", { service: null })).toMatchObject({ resources: 50, bases: 50, baseBytes: 5_000_000 });
});
