// Hot path: once for each AI call of a gateway that has any of this configured.
/**
 * What stands between an AI call and its providers: guardrails, then the cache, then budgets, in this order. What is
 * refused or changed never reaches the cache, and a hit costs nothing. Compiled for each snapshot. May import the
 * folders of the three; they do not know one another.
 */
import type { Limit } from "@parley/contract/config/limits";
import type { Ask } from "../calls/ask.ts";
import type { AiInput, AiPorts } from "../endpoints-contract.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import type { PriceBook } from "../record/cost.ts";
import { judgesLater } from "./judges-later.ts";
import type { JudgesLater } from "./judges-later.ts";
import { byMeaning } from "./by-meaning.ts";
import { cached } from "./cached.ts";
import { compileRails, guarded } from "./guarded.ts";
import { sessions, type OpenSession } from "./sessions.ts";
import { budgeted, type BudgetedPorts } from "./budgeted.ts";

export interface Admission {
  run: Ask;
  session: OpenSession;
  judgesLater: JudgesLater;
}

export interface AdmissionParts {
  directory: ModelDirectory;
  prices: PriceBook;
  /** What comes after. */
  ask: Ask;
}

/** Null where nothing of it is configured. */
export function compileAdmission(input: AiInput, ports: AiPorts, { directory, prices, ask }: AdmissionParts): Admission | null {
  const { exact, semantic } = input.ai.cache;
  let run = ask;
  if (ports.budgets) run = budgeted(budgetedPorts(input, ports.budgets), run);
  const meaning = exact && semantic ? byMeaning(semantic, { directory, prices, ports, ask: run, exactTtlMs: exact.ttl }) : null;
  if (exact) run = cached(exact, meaning, run);
  const rails = compileRails(input.ai.guardrails, ports);
  if (rails === null || rails.length > 0) run = guarded(rails, ports, run);
  return run === ask ? null : { run, session: sessions(rails, ports.budgets ? budgetedPorts(input, ports.budgets) : null), judgesLater: judgesLater(rails) };
}

function budgetedPorts(input: AiInput, book: NonNullable<AiPorts["budgets"]>): BudgetedPorts {
  const models = new Map<string, { name: string; limits: readonly Limit[] }>();
  for (const [name, { limits }] of input.models) if (limits.length > 0) models.set(name, { name, limits });
  return { book, shared: input.ai.limits, models, unpriced: input.ai.unpriced };
}
