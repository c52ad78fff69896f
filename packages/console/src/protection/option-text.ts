/** A mode with its strategy, as people say it. */
import type { ReplayedOption } from "@parley/contract/api/conflict-advice";

export function optionText({ mode, strategy }: Pick<ReplayedOption, "mode" | "strategy">): string {
  return mode === "observe" || mode === "off" || strategy === "reject" ? mode : `${mode}, ${strategy}`;
}
