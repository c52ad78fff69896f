/** The filter of the live view; it admits what a question to the call log with the same members would find. */
import type { CallFilter } from "@parley/contract/api/calls";
import type { CallRecord } from "@parley/contract/call-record";

export function admits(filter: CallFilter, record: CallRecord): boolean {
  for (const name of ["service", "consumer", "kind", "method", "provider"] as const) {
    if (filter[name] !== undefined && record[name] !== filter[name]) return false;
  }
  if (filter.model !== undefined && record.model !== filter.model && record.modelRequested !== filter.model) return false;
  if (filter.path !== undefined && !record.path.includes(filter.path)) return false;
  return filter.status === undefined || hasStatus(record.status, filter.status);
}

function hasStatus(status: number, wanted: string): boolean {
  if (wanted === "error") return status >= 400;
  if (wanted.endsWith("xx")) return Math.floor(status / 100) === Number(wanted[0]);
  return status === Number(wanted);
}
