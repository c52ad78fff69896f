/**
 * Budgets of tokens and money, from the gateway's side: finds which hold for a call, reserves in the ledger before it is
 * sent, renews while it runs, and settles when it has ended in whatever way. One for a worker, whatever the snapshots.
 * May import the ledger's port, the calls and the prices.
 */
import type { Limit } from "@parley/contract/config/limits";
import type { Team } from "@parley/contract/config/team";
import type { Refusal } from "@parley/contract/problems/problem";
import type { BudgetClaim, BudgetState } from "@parley/stores/ports/budgets";
import type { Ledger } from "@parley/stores/ports/ledger";
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import type { Exchange } from "../../exchange/exchange.ts";
import { exhausted, ledgerDown } from "./budget-refusal.ts";
import type { ExhaustedRefusal } from "./budget-refusal.ts";
import type { CallBound } from "./call-bound.ts";
import { compileBudgets, type CompiledBudget, noBudgets } from "./compiled-budgets.ts";
import { Settlements } from "./settlements.ts";

/** A consumer as far as its budgets go. */
interface BudgetedConsumer {
  readonly name: string;
  readonly limits: readonly Limit[];
  readonly team?: string;
}

export interface BudgetPorts {
  ledger: Pick<Ledger, "reserveBudget" | "renewBudget" | "settleBudget">;
  findConsumer(name: string): BudgetedConsumer | undefined;
  findTeam(name: string): Team | undefined;
  warn(message: string, details: Record<string, unknown>): void;
}

/** What a call really took. */
export interface Spent {
  tokens: number;
  nanoUsd: number;
}

export interface Reservation {
  readonly states: readonly BudgetState[];
  /** `atLeast` tells while the call runs what it has cost by now. */
  watch(atLeast: () => Spent): void;
  settle(spent: Spent): void;
  /** As whoever settles it later has to know it. */
  readonly held: HeldReservation;
  /** The call is over, and what it took is settled later or never: then it counts as what was reserved. */
  hold(): void;
}

/** A reservation without a call, which any worker may settle. Plain data: it is kept beside what it is for. */
export interface HeldReservation {
  readonly reservation: string;
  readonly units: readonly CompiledBudget["unit"][];
}

/** Renewed several times before it runs out. */
const ttlMs = 20_000;
/** Longer than any provider works on one response; the ledger takes a settlement for another hour. */
const heldMs = 3_600_000;

export class BudgetBook {
  readonly #ports: BudgetPorts;
  readonly #settlements: Settlements;
  /** By the object that has the limits: one that is changed is a new object. */
  readonly #compiled = new WeakMap<object, readonly CompiledBudget[]>();

  constructor(ports: BudgetPorts) {
    this.#ports = ports;
    this.#settlements = new Settlements(ports, ttlMs);
  }

  /** All that hold for a call; `shared` are the AI endpoints' own, counted for each consumer. */
  budgetsOf(exchange: Exchange, { shared, model }: { shared: readonly Limit[]; model: { name: string; limits: readonly Limit[] } | null }): readonly CompiledBudget[] {
    const { caller } = exchange;
    const consumer = caller ? this.#ports.findConsumer(caller.consumer) : undefined;
    const team = consumer?.team === undefined ? undefined : this.#ports.findTeam(consumer.team);
    let found = consumer ? this.#of(consumer, "consumer", consumer.name, consumer.limits) : noBudgets;
    if (caller?.limits) found = together(found, this.#of(caller, "key", `${caller.consumer}/${caller.key}`, caller.limits));
    if (team) found = together(found, this.#of(team, "team", consumer?.team ?? "", team.limits));
    if (shared.length > 0) found = together(found, compileBudgets({ owner: "ai", key: consumer ? `consumer:${consumer.name}` : `address:${exchange.clientAddress}`, limits: shared }));
    if (model && model.limits.length > 0) found = together(found, compileBudgets({ owner: "model", key: model.name, limits: model.limits }));
    return found;
  }

  /** Takes what the call can cost at most out of all of its budgets, or says why not. */
  async reserve(callId: string, budgets: readonly CompiledBudget[], bound: CallBound): Promise<Reservation | Refusal | ExhaustedRefusal> {
    const claims = budgets.map((budget) => claimOf(budget, bound));
    try {
      const answer = await this.#ports.ledger.reserveBudget({ reservation: callId, claims, ttlMs });
      if (answer.kind === "exhausted") return exhausted(budgets, answer, bound);
      return this.#reservation(callId, budgets, answer.states);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      // It may have been granted, with nobody to hear it.
      this.#settlements.settle(callId, claims.map(() => 0));
      return ledgerDown;
    }
  }

  /** Settlements that could not be told yet get this long. */
  close(): Promise<void> {
    return this.#settlements.close();
  }

  /** However late: what runs out meanwhile counts as what was reserved. */
  settleHeld({ reservation, units }: HeldReservation, spent: Spent): void {
    this.#settlements.settle(reservation, amountsOf(units, spent));
  }

  #reservation(callId: string, budgets: readonly CompiledBudget[], states: readonly BudgetState[]): Reservation {
    const units = budgets.map(({ unit }) => unit);
    const amounts = (spent: Spent): number[] => amountsOf(units, spent);
    return {
      states,
      watch: (atLeast) => this.#settlements.watch(callId, () => amounts(atLeast())),
      settle: (spent) => this.#settlements.settle(callId, amounts(spent)),
      held: { reservation: callId, units },
      hold: () => this.#settlements.hold(callId, states.map(({ granted }) => granted), heldMs),
    };
  }

  #of(holder: object, owner: string, key: string, limits: readonly Limit[]): readonly CompiledBudget[] {
    let compiled = this.#compiled.get(holder);
    if (!compiled) this.#compiled.set(holder, (compiled = compileBudgets({ owner, key, limits })));
    return compiled;
  }
}

function amountsOf(units: readonly CompiledBudget["unit"][], spent: Spent): number[] {
  return units.map((unit) => Math.max(0, Math.ceil(unit === "tokens" ? spent.tokens : spent.nanoUsd)));
}

function together(found: readonly CompiledBudget[], more: readonly CompiledBudget[]): readonly CompiledBudget[] {
  if (more.length === 0) return found;
  return found.length === 0 ? more : [...found, ...more];
}

function claimOf({ key, unit, limit, period, zone }: CompiledBudget, bound: CallBound): BudgetClaim {
  const place = { key, limit, period, zone };
  if (unit === "tokens") {
    const amount = bound.inputTokens + bound.outputTokens;
    return { ...place, amount, least: bound.isOpen ? Math.ceil(bound.inputTokens / 2) + 1 : amount, floor: bound.isBackground ? amount : Math.floor(bound.inputTokens / 2) };
  }
  const amount = bound.nanoUsd ?? 0;
  return { ...place, amount, least: bound.nanoUsd === null ? 0 : bound.leastNanoUsd, floor: bound.isBackground ? amount : Math.floor(bound.inputNanoUsd / 2) };
}
