/** By what the spend is shown, and of how many days: in the address. */
export const spendGroups = ["consumer", "model", "provider", "team", "key", "service"] as const;
export type SpendGroup = (typeof spendGroups)[number];
export const spendDays = [7, 30, 90] as const;

export interface SpendSearch {
  by?: SpendGroup;
  days?: number;
}

export function parseSpendSearch(search: Record<string, unknown>): SpendSearch {
  const by = spendGroups.find((group) => group === search["by"]);
  const days = spendDays.find((count) => count === Number(search["days"]));
  return { ...(by ? { by } : {}), ...(days ? { days } : {}) };
}
