import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limit } from "@parley/contract/config/limits";
import { connectLedger } from "@parley/stores/embedded/ledger";
import { LedgerHost } from "@parley/stores/embedded/ledger/host";
import { serveLedger } from "@parley/stores/embedded/ledger/server";
import { expect, it, onTestFinished } from "vitest";
import { BudgetBook } from "../budgets/budget-book.ts";
import { compileBudgets } from "../budgets/compiled-budgets.ts";
import { SessionBudget } from "./session-budget.ts";

const budgets = compileBudgets({ owner: "consumer", key: "acme", limits: [limit.parse({ tokens: 1000, per: "day" })] });
const bound = { inputTokens: 10, outputTokens: 90, isOpen: false, isBackground: false, nanoUsd: null, inputNanoUsd: 0, leastNanoUsd: 0 };

async function opened(): Promise<{ session: SessionBudget; used: () => Promise<number | undefined> }> {
  const directory = mkdtempSync(join(tmpdir(), "parley-session-"));
  const host = new LedgerHost({ path: join(directory, "ledger.db"), now: () => Date.UTC(2026, 0, 1), caps: {}, fatal: (error) => { throw error; } });
  const server = await serveLedger(join(directory, "ledger.sock"), host);
  const ledger = connectLedger({ socketPath: join(directory, "ledger.sock") });
  const book = new BudgetBook({ ledger, findConsumer: () => undefined, findTeam: () => undefined, warn: () => {} });
  onTestFinished(async () => {
    await book.close();
    await ledger.close();
    await server.close();
    host.close();
    rmSync(directory, { recursive: true });
  });
  const session = new SessionBudget({ callId: "call", book, budgets, bound });
  expect(await session.reserve()).toBeNull();
  let looks = 0;
  const used = async (): Promise<number | undefined> => {
    const look = await book.reserve(`look-${looks++}`, budgets, { ...bound, inputTokens: 0, outputTokens: 0 });
    if ("code" in look) throw new Error(look.code);
    look.settle({ tokens: 0, nanoUsd: 0 });
    return look.states[0]?.used;
  };
  return { session, used };
}

const tokens = (count: number): { tokens: number; nanoUsd: number } => ({ tokens: count, nanoUsd: 0 });

it("counts a transcription that ends with an answer, and reserves once for what comes next", async () => {
  const { session, used } = await opened();
  expect(await Promise.all([session.answered(tokens(300)), session.answered(tokens(40)), session.answered(tokens(2))])).toEqual([null, null, null]);
  await expect.poll(used).toBe(442);
  await session.end();
  await expect.poll(used).toBe(342);
});

it("ends with the answers together after which nothing is left, and counts what was under way", async () => {
  const { session, used } = await opened();
  const answers = await Promise.all([session.answered(tokens(600)), session.answered(tokens(450))]);
  expect(answers).toMatchObject([{ code: "token-limit" }, null]);
  await session.end(tokens(7));
  await expect.poll(used).toBe(1057);
});

it("gives everything back where the connection ends while it reserves, but for what was taken", async () => {
  const { session, used } = await opened();
  await Promise.all([session.answered(tokens(300)), session.end(tokens(5))]);
  await expect.poll(used).toBe(305);
});
