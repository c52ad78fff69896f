/** The ledger over a restart in which the machine's clock was set. While it runs it goes by a clock that nobody sets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { lease as leaseOf, leaseInput } from "../contract-tests/ledger/harness.ts";
import type { Ledger } from "../ports/ledger.ts";
import { LedgerHost } from "./ledger/host.ts";
import { serveLedger } from "./ledger/server.ts";
import { connectLedger } from "./ledger.ts";

const hourMs = 3_600_000;
const clock = { nowMs: 0 };

async function startIn(directory: string): Promise<{ ledger: Ledger; stop: () => Promise<void> }> {
  const host = new LedgerHost({ path: join(directory, "ledger.db"), now: () => clock.nowMs, fatal: (error) => { throw error; } });
  const socketPath = join(directory, "ledger.sock");
  const server = await serveLedger(socketPath, host);
  const ledger = connectLedger({ socketPath });
  const stop = async (): Promise<void> => {
    await ledger.close();
    await server.close();
    host.close();
  };
  return { ledger, stop };
}

it.each([
  ["and is held no longer than it was given for", false],
  ["and has ended where it was broken", true],
])("a lease from a time that the clock has not reached began when the ledger started, %s", async (_, isBroken) => {
  const directory = mkdtempSync(join(tmpdir(), "parley-ledger-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  clock.nowMs = Date.UTC(2026, 0, 1, 12);
  const before = await startIn(directory);
  const { lease: given } = leaseOf(await before.ledger.acquireLease(leaseInput()));
  const ttlMs = given.expiresAt - given.acquiredAt;
  if (isBroken) {
    clock.nowMs += 1_000;
    expect(await before.ledger.breakLease({ service: given.service, path: given.path })).toMatchObject({ broken: { id: given.id } });
  }
  await before.stop();
  clock.nowMs -= 5 * hourMs;
  const { ledger, stop } = await startIn(directory);
  onTestFinished(stop);
  const held = async (): Promise<boolean> => (await ledger.listLeases({ service: given.service, limit: 10 })).length > 0;
  expect(await held()).toBe(!isBroken);
  clock.nowMs += ttlMs - 1;
  expect(await held()).toBe(!isBroken);
  clock.nowMs += 1;
  expect(await held()).toBe(false);
});
