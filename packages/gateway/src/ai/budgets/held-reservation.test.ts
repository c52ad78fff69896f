import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { limit } from "@parley/contract/config/limits";
import { connectLedger } from "@parley/stores/embedded/ledger";
import { LedgerHost } from "@parley/stores/embedded/ledger/host";
import { serveLedger } from "@parley/stores/embedded/ledger/server";
import type { Ledger } from "@parley/stores/ports/ledger";
import { BudgetBook } from "./budget-book.ts";
import type { Reservation } from "./budget-book.ts";
import type { CallBound } from "./call-bound.ts";
import { compileBudgets } from "./compiled-budgets.ts";

const [budget] = compileBudgets({ owner: "consumer", key: "acme", limits: [limit.parse({ tokens: 1000, per: "day" })] });
const bound: CallBound = { inputTokens: 10, outputTokens: 390, isOpen: false, isBackground: true, nanoUsd: null, inputNanoUsd: 0, leastNanoUsd: 0 };

async function served(): Promise<{ ledger: Ledger; advance: (milliseconds: number) => void }> {
  const directory = mkdtempSync(join(tmpdir(), "parley-held-"));
  let nowMs = Date.UTC(2026, 0, 1);
  const host = new LedgerHost({ path: join(directory, "ledger.db"), now: () => nowMs, caps: {}, fatal: (error) => { throw error; } });
  const server = await serveLedger(join(directory, "ledger.sock"), host);
  const ledger = connectLedger({ socketPath: join(directory, "ledger.sock") });
  onTestFinished(async () => {
    await ledger.close();
    await server.close();
    host.close();
    rmSync(directory, { recursive: true });
  });
  return {
    ledger,
    advance: (milliseconds) => {
      nowMs += milliseconds;
      host.tick();
    },
  };
}

const bookOf = (ledger: Ledger): BudgetBook => new BudgetBook({ ledger, findConsumer: () => undefined, findTeam: () => undefined, warn: () => {} });

it("what a background answer reserved counts until it is settled, by another worker and hours later, and whole where it never is", async () => {
  const { ledger, advance } = await served();
  const [book, other] = [bookOf(ledger), bookOf(ledger)];
  const budgets = budget ? [budget] : [];
  const reserve = async (id: string): Promise<Reservation> => {
    const reserved = await book.reserve(id, budgets, bound);
    if ("code" in reserved) throw new Error(reserved.code);
    return reserved;
  };
  const used = async (): Promise<number | undefined> => {
    const reserved = await book.reserve("look", budgets, { ...bound, inputTokens: 0, outputTokens: 0 });
    if ("code" in reserved) throw new Error(reserved.code);
    reserved.settle({ tokens: 0, nanoUsd: 0 });
    return reserved.states[0]?.used;
  };
  const [first, second] = [await reserve("first"), await reserve("second")];
  for (const each of [first, second]) each.hold();
  expect(await used()).toBe(800);
  advance(30 * 60_000);
  other.settleHeld(first.held, { tokens: 25, nanoUsd: 0 });
  await expect.poll(used).toBe(425);
  advance(80 * 60_000);
  expect(await used()).toBe(425);
  other.settleHeld(second.held, { tokens: 5, nanoUsd: 0 });
  await expect.poll(used).toBe(30);
  (await reserve("third")).hold();
  advance(3 * 3_600_000);
  expect(await used()).toBe(430);
});
