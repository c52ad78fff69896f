/** What holds for a realtime connection: the guardrails and the budgets of its caller, before it is opened. */
import { RefusalError } from "../../exchange/answer.ts";
import { unpriced } from "../budgets/budget-refusal.ts";
import { boundOf } from "../budgets/call-bound.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { CompiledGuardrail } from "../guardrails/compiled-guardrail.ts";
import { GuardNotes } from "../guardrails/guard-notes.ts";
import { blocked, guardInput } from "../guardrails/input-guard.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { SessionBudget } from "../realtime/session-budget.ts";
import { SessionGuard } from "../realtime/session-guard.ts";
import type { SessionRules } from "../realtime/ruled-session.ts";
import type { BudgetedPorts } from "./budgeted.ts";
import { notCompiled, railsFor } from "./guarded.ts";
import type { Rails } from "./guarded.ts";

/** What holds for a connection with many answers; null where nothing does. Rejects with a `RefusalError` where it may not be opened. */
export type OpenSession = (call: AiCall, targets: readonly ModelTarget[]) => Promise<SessionRules | null>;

export function sessions(rails: Rails, budgets: BudgetedPorts | null): OpenSession {
  return async (call, targets) => {
    if (rails === null) throw new RefusalError(notCompiled);
    const guard = guardOf(call, railsFor(rails, call.exchange));
    const budget = budgets ? await budgetOf(call, targets, budgets) : null;
    return guard || budget ? { guard, budget } : null;
  };
}

function guardOf(call: AiCall, own: readonly CompiledGuardrail[]): SessionGuard | null {
  if (own.length === 0) return null;
  // It would have to be asked about every sentence before it is heard.
  const asking = own.find(({ webhook }) => webhook !== null && webhook.onError === "block");
  if (asking) throw new RefusalError(blocked(asking, "asks a webhook, which cannot follow a realtime conversation, so that none is let through"));
  const notes = new GuardNotes(call.exchange.record);
  const judged = guardInput(own, { model: call.model, body: {} }, notes);
  if ("refusal" in judged) throw new RefusalError(judged.refusal);
  return new SessionGuard(call.model, own, notes);
}

async function budgetOf(call: AiCall, targets: readonly ModelTarget[], ports: BudgetedPorts): Promise<SessionBudget | null> {
  const budgets = ports.book.budgetsOf(call.exchange, { shared: ports.shared, model: ports.models.get(call.model) ?? null });
  if (budgets.length === 0) return null;
  const bound = boundOf(call, targets, true);
  if (ports.unpriced === "refuse" && bound.nanoUsd === null && budgets.some(({ unit }) => unit === "cost")) throw new RefusalError(unpriced(call.model));
  const budget = new SessionBudget({ callId: call.exchange.id, book: ports.book, budgets, bound });
  const refusal = await budget.reserve();
  if (refusal) throw new RefusalError(refusal);
  return budget;
}
