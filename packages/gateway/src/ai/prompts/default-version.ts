import type { Prompt } from "@parley/contract/config/prompt";

/** The version that a call without one gets. */
export function defaultVersion({ default: chosen, versions }: Prompt): string {
  return chosen ?? Object.keys(versions).at(-1) ?? "";
}
