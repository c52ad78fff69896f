/** What a list of calls can be sorted by: members of the call record, added up where there are several. */
import type { CallRecord } from "../call-record.ts";

export const callSorts = {
  at: ["at"],
  latency: ["durationMs"],
  firstbyte: ["firstByteMs"],
  status: ["status"],
  cost: ["costUsd"],
  tokens: ["inputTokens", "outputTokens"],
  attempts: ["attempts"],
  requestbytes: ["requestBytes"],
  responsebytes: ["responseBytes"],
} as const satisfies Record<string, readonly (keyof CallRecord)[]>;

export type CallSort = keyof typeof callSorts;

export const callSortNames = Object.keys(callSorts) as [CallSort, ...CallSort[]];

/** What a call is sorted by; undefined where it has none of it, and then it stands last in either direction. */
export function sortedValueOf(call: CallRecord, sort: CallSort): number | undefined {
  const values = callSorts[sort].map((member) => call[member]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
