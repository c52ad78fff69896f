// Hot path: once for each AI call; one without a budget costs a few look-ups.
/** Reserves before a call what it can cost at most, and settles on what it did cost. */
import type { CallRecord } from "@parley/contract/call-record";
import type { Limit } from "@parley/contract/config/limits";
import type { Refusal } from "@parley/contract/problems/problem";
import { RefusalError } from "../../exchange/answer.ts";
import type { BudgetBook, Reservation, Spent } from "../budgets/budget-book.ts";
import { budgetFields, isProviderLimit } from "../budgets/budget-fields.ts";
import { unpriced } from "../budgets/budget-refusal.ts";
import type { ExhaustedRefusal } from "../budgets/budget-refusal.ts";
import { boundOf, type CallBound } from "../budgets/call-bound.ts";
import type { CompiledBudget } from "../budgets/compiled-budgets.ts";
import type { AiCall } from "../calls/ai-call.ts";
import { withHead } from "./with-head.ts";
import type { Ask } from "../calls/ask.ts";

export interface BudgetedPorts {
  book: BudgetBook;
  /** Of the AI endpoints, for each consumer. */
  shared: readonly Limit[];
  models: ReadonlyMap<string, { name: string; limits: readonly Limit[] }>;
  unpriced: "admit" | "refuse";
}

export function budgeted(ports: BudgetedPorts, ask: Ask): Ask {
  return (call, targets, operation) => {
    const budgets = ports.book.budgetsOf(call.exchange, { shared: ports.shared, model: ports.models.get(call.model) ?? null });
    // Without a body it asks for something that is there already.
    if (budgets.length === 0 || call.body.length === 0 || operation.isFree === true) return ask(call, targets, operation);
    return reserving(ports, ask, budgets)(call, targets, operation);
  };
}

function reserving(ports: BudgetedPorts, ask: Ask, budgets: readonly CompiledBudget[]): Ask {
  return async (call, targets, operation) => {
    const bound = boundOf(call, targets, operation.generates === true);
    if (ports.unpriced === "refuse" && bound.nanoUsd === null && budgets.some(({ unit }) => unit === "cost")) throw new RefusalError(unpriced(call.model));
    const since = performance.now();
    const reserved = await ports.book.reserve(call.exchange.id, budgets, bound);
    call.exchange.step("budget", since);
    if ("code" in reserved) throw new RefusalError("states" in reserved ? announced(call, budgets, reserved) : reserved);
    settleAtEnd(call, reserved, bound);
    return ask(call.with({ sink: announcing(call, { budgets, reserved, bound }) }), targets, operation);
  };
}

function announced(call: AiCall, budgets: readonly CompiledBudget[], { states, ...refusal }: ExhaustedRefusal): Refusal {
  const fields = budgetFields(budgets, states, { dialect: call.caller.name, nowMs: call.ports.now() });
  const told = Object.fromEntries(Array.from({ length: fields.length / 2 }, (_, pair) => fields.slice(2 * pair, 2 * pair + 2)));
  return { ...refusal, headers: { ...refusal.headers, ...told } };
}

function settleAtEnd(call: AiCall, reserved: Reservation, bound: CallBound): void {
  const { exchange, background } = call;
  let ended = false;
  if (background) background.held = reserved.held;
  exchange.onEnded(() => {
    ended = true;
    if (background?.isPending === true) reserved.hold();
    else reserved.settle(spentBy(exchange.record, { bound, besidesNanoUsd: call.besidesNanoUsd }));
  });
  if (!ended) reserved.watch(() => spentSoFar(exchange.record, bound));
}

/** Events of a stream are longer than this for every token, so that it is no more than was said. */
const bytesPerStreamedToken = 250;

function spentSoFar(record: Partial<CallRecord>, bound: CallBound): Spent {
  const said = Math.floor((record.responseBytes ?? 0) / bytesPerStreamedToken);
  const output = Math.min(said, bound.outputTokens);
  const perToken = bound.outputTokens === 0 || bound.nanoUsd === null ? 0 : (bound.nanoUsd - bound.inputNanoUsd) / bound.outputTokens;
  return { tokens: Math.ceil(bound.inputTokens / 2) + output, nanoUsd: Math.floor(bound.inputNanoUsd / 2 + output * perToken) };
}

/**
 * As the provider counted it. Where it did not count, an answer that began costs what it is likely to have cost, and a
 * request that its client left has been read by the provider; one that was refused has cost nothing. What was asked
 * besides is settled already.
 */
function spentBy(record: Partial<CallRecord>, { bound, besidesNanoUsd }: { bound: CallBound; besidesNanoUsd: number }): Spent {
  if (record.inputTokens !== undefined || record.outputTokens !== undefined) {
    const tokens = (record.inputTokens ?? 0) + (record.outputTokens ?? 0);
    return { tokens, nanoUsd: Math.max(0, (record.costNanoUsd ?? 0) - besidesNanoUsd) };
  }
  const wasSent = (record.attempts ?? 0) > 0;
  // Whether the provider goes on with it nobody will ever know.
  if (bound.isBackground && wasSent && record.cutBy === "client") return { tokens: bound.inputTokens + bound.outputTokens, nanoUsd: bound.nanoUsd ?? 0 };
  const answered = record.status !== undefined && record.status >= 200 && record.status < 300;
  if (!wasSent || (!answered && record.cutBy !== "client")) return { tokens: 0, nanoUsd: 0 };
  if (bound.outputTokens === 0) return { tokens: 0, nanoUsd: 0 };
  record.warnings = [...(record.warnings ?? []), "estimated usage: the provider did not count this call's tokens; its budgets were charged with an estimate"];
  return spentSoFar(record, bound);
}

/**
 * Says what is left in the answer's head; a provider's own limits would say something else under the same names. What this call
 * reserved and will hardly need is not counted: a whole answer's tokens are known by then, those of a stream that begins are guessed.
 */
function announcing(call: AiCall, { budgets, reserved, bound }: { budgets: readonly CompiledBudget[]; reserved: Reservation; bound: CallBound }): AiCall["sink"] {
  return withHead(call.sink, (rawHeaders, status) => {
    const { record } = call.exchange;
    if (call.background?.isPending === true) return [...withoutProviderLimits(rawHeaders), ...budgetFields(budgets, reserved.states, { dialect: call.caller.name, nowMs: call.ports.now() })];
    const isCounted = record.inputTokens !== undefined || record.outputTokens !== undefined;
    // An error has cost nothing.
    const spent = isCounted || status >= 400 ? spentBy(record, { bound, besidesNanoUsd: call.besidesNanoUsd }) : spentSoFar(record, bound);
    const states = reserved.states.map((state, index) => ({ ...state, used: state.used - state.granted + (budgets[index]?.unit === "tokens" ? spent.tokens : spent.nanoUsd) }));
    return [...withoutProviderLimits(rawHeaders), ...budgetFields(budgets, states, { dialect: call.caller.name, nowMs: call.ports.now() })];
  });
}

function withoutProviderLimits(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!isProviderLimit(rawHeaders[index] ?? "")) kept.push(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return kept;
}
