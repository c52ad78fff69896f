/**
 * What responses cost that their providers went on with after the call: counted once, in the first call that sees one
 * finished, whoever makes it. The ledger keeps which are not counted yet; until then their budgets hold what was reserved.
 */
import type { Exchange } from "../../exchange/exchange.ts";
import type { BudgetBook, HeldReservation } from "../budgets/budget-book.ts";
import type { AiCall } from "../calls/ai-call.ts";
import { BackgroundAnswer } from "../calls/background-answer.ts";
import type { Usage } from "../conversation/answer.ts";
import type { ObjectOwners } from "../models/object-owners.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";
import { consumerOf } from "./pinning.ts";

/** What the ledger keeps of one. */
interface Bill {
  /** As the provider calls it. */
  readonly model: string;
  /** As it was asked for. */
  readonly serviceTier?: string;
  readonly held?: HeldReservation;
}

/** A response that was found finished. */
export interface FinishedResponse {
  readonly id: string;
  /** Absent where the provider told none. */
  readonly usage: Usage | undefined;
  readonly hasFailed: boolean;
}

export class BackgroundBills {
  readonly #owners: ObjectOwners;
  readonly #budgets: BudgetBook | null;

  constructor(owners: ObjectOwners, budgets: BudgetBook | null) {
    this.#owners = owners;
    this.#budgets = budgets;
  }

  /** Of a call that asks for one. */
  begin(exchange: Exchange, serviceTier: string | undefined): BackgroundAnswer {
    const { record } = exchange;
    return new BackgroundAnswer(record, {
      expect: (id, held) => {
        const bill: Bill = { model: record.model ?? "", ...(serviceTier !== undefined && { serviceTier }), ...(held && { held }) };
        return this.#owners.remember("response", unbilled(id), { provider: record.provider ?? "", consumer: consumerOf(exchange), bill: JSON.stringify(bill) }).catch(() => {});
      },
      take: async (id) => (await this.#take(id)) !== null,
    });
  }

  /** Counts a finished response, unless that was done before. While the ledger is down that is left to the next who asks. */
  async count({ id, usage, hasFailed }: FinishedResponse, call: AiCall, target: ModelTarget): Promise<void> {
    // Without a count its budgets keep what was reserved; one that failed is not charged by its provider.
    if (!usage && !hasFailed) return;
    const bill = await this.#take(id).catch(() => call.ports.warn("the ledger was not there to tell whether a response has been counted; it is the next time that it is asked for", { provider: target.account.name, call: call.exchange.id }));
    if (!bill) return;
    const { model, serviceTier, held } = bill;
    const { record } = call.exchange;
    record.model = model;
    if (usage) noteUsage(call, { ...target, model }, { usage: usage.serviceTier === undefined && serviceTier !== undefined ? { ...usage, serviceTier } : usage, finishReason: undefined });
    if (held) this.#budgets?.settleHeld(held, { tokens: usage ? usage.inputTokens + usage.outputTokens : 0, nanoUsd: record.costNanoUsd ?? 0 });
  }

  /** Null for all but one of those who ask. */
  async #take(id: string): Promise<Bill | null> {
    const owner = await this.#owners.ownerOf("response", unbilled(id));
    if (owner?.bill === undefined || !(await this.#owners.forget("response", unbilled(id)))) return null;
    return JSON.parse(owner.bill) as Bill;
  }
}

function unbilled(id: string): string {
  return `${id}#unbilled`;
}
