import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callQuery } from "@parley/contract/api/calls";
import { expect, test } from "vitest";
import { callFiguresContract } from "../contract-tests/call-figures.ts";
import { callLogContract } from "../contract-tests/call-log.ts";
import { callLogSearchContract } from "../contract-tests/call-log-search.ts";
import { aCall, type CallLogUnderTest } from "../contract-tests/call-log-under-test.ts";
import { CallLogUnavailableError } from "../ports/call-log.ts";
import { openEmbeddedCallLog } from "./call-log.ts";

function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "parley-call-log-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const refuseDamage = (message: string): void => {
  throw new Error(message);
};

const onDuckDb = async (): Promise<CallLogUnderTest> => {
  const folder = temporaryFolder();
  return { open: () => openEmbeddedCallLog({ path: join(folder.path, "calls.duckdb"), onDamage: refuseDamage }), destroy: async () => folder.remove() };
};
callLogContract("DuckDB", onDuckDb);
callLogSearchContract("DuckDB", onDuckDb);
callFiguresContract("DuckDB", onDuckDb);

test("sets a damaged file aside, says so, and begins a new one", async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, "calls.duckdb");
  writeFileSync(path, "this was a database once ".repeat(1_000));
  const said: string[] = [];
  const log = await openEmbeddedCallLog({ path, onDamage: (message) => said.push(message) });
  expect(await log.size()).toMatchObject({ calls: 0 });
  expect(said).toHaveLength(1);
  expect(readdirSync(folder.path).some((file) => file.startsWith("calls.duckdb.damaged-"))).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await log.close();
  folder.remove();
});

test("reads segments from a folder whose name has quotes and wildcards", async () => {
  const folder = temporaryFolder();
  const odd = join(folder.path, "it's [a] folder*");
  mkdirSync(odd);
  const log = await openEmbeddedCallLog({ path: join(odd, "calls.duckdb"), onDamage: refuseDamage });
  writeFileSync(join(odd, "1-0-1.ndjson"), `${JSON.stringify(aCall({ id: "a", at: 1 }))}\n`);
  expect((await log.ingest([{ name: "1-0-1.ndjson", path: join(odd, "1-0-1.ndjson") }])).calls).toBe(1);
  await log.close();
  folder.remove();
});

test("gives up a question that takes too long and answers the next", async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, "calls.duckdb");
  const lines = Array.from({ length: 50_000 }, (_, index) => JSON.stringify(aCall({ id: `c${index}`, at: index })));
  writeFileSync(join(folder.path, "big"), lines.join("\n"));
  const log = await openEmbeddedCallLog({ path, onDamage: refuseDamage, queryTimeoutMs: 1 });
  await log.ingest([{ name: "1-0-1.ndjson", path: join(folder.path, "big") }]);
  await expect(log.find(callQuery.parse({ limit: 1000 }))).rejects.toThrow(CallLogUnavailableError);
  await log.close();
  const patient = await openEmbeddedCallLog({ path, onDamage: refuseDamage });
  expect((await patient.find(callQuery.parse({ limit: 1000 }))).items).toHaveLength(1000);
  await patient.close();
  folder.remove();
});
