/** The filter and the chosen call, as they stand in the address: opening the address shows the same. */
import type { CallFilter } from "@parley/contract/api/calls";

export interface CallsSearch extends CallFilter {
  /** The call whose detail stands beside the list. */
  call?: string;
}

const textMembers = ["service", "consumer", "method", "model", "provider", "path", "call"] as const;
const kinds = ["http", "ai", "websocket"] as const;

/** Takes what it knows from an address that anybody may have typed. */
export function parseCallsSearch(search: Record<string, unknown>): CallsSearch {
  const parsed: CallsSearch = {};
  for (const member of textMembers) {
    const value = textOf(search[member]);
    if (value !== "") parsed[member] = value;
  }
  const status = textOf(search["status"]);
  if (isStatusFilter(status)) parsed.status = status;
  const kind = kinds.find((known) => known === search["kind"]);
  if (kind) parsed.kind = kind;
  return parsed;
}

/** The router reads 409 as a number. */
function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : "";
}

export function isStatusFilter(text: string): boolean {
  return /^(?:[1-5]\d\d|[1-5]xx|error)$/.test(text);
}

/** The filter without the chosen call. */
export function filterOf(search: CallsSearch): CallFilter {
  const { call: _, ...filter } = search;
  return filter;
}
