/** Reads the call log of a running Parley over the admin API. */
import type { CallRecord } from "@parley/contract/call-record";
import type { Parley } from "./start-parley.ts";

/** All calls, newest first. */
export async function loggedCalls(parley: Parley, query = ""): Promise<CallRecord[]> {
  const items: CallRecord[] = [];
  let next: string | null = null;
  do {
    const after: string = next === null ? "" : `&after=${encodeURIComponent(next)}`;
    const response = await parley.admin(`/api/calls?limit=1000${query}${after}`);
    if (!response.ok) throw new Error(`the call log answered ${response.status}: ${await response.text()}`);
    const page = (await response.json()) as { items: CallRecord[]; next: string | null };
    items.push(...page.items);
    next = page.next;
  } while (next !== null);
  return items;
}
