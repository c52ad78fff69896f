/** Figures with the queries that find the calls behind them. */
import { allOf } from "@parley/contract/query/write";
import type { Figures } from "@parley/stores/ports/call-figures";

export interface LinkedFigures extends Figures {
  queries: { calls: string; errors: string; refused: string; conflicts: string };
}

export function linked(figures: Figures, query: string): LinkedFigures {
  return {
    ...figures,
    queries: { calls: query, errors: allOf(query, "status:500..599"), refused: allOf(query, "status:400..499"), conflicts: allOf(query, "cause:*") },
  };
}

export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
