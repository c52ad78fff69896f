/** How the list is sorted: newest first, or by a figure, as the admin API sorts it. */
import type { CallRecord } from "@parley/contract/call-record";
import { type CallSort, callSortNames, sortedValueOf } from "@parley/contract/query/sort";
import { type Compare, newestFirst } from "./merge-calls.ts";

export interface CallOrder {
  sort: CallSort;
  order: "asc" | "desc";
}

export const usualOrder: CallOrder = { sort: "at", order: "desc" };

const names: Readonly<Record<CallSort, readonly [desc: string, asc: string]>> = {
  at: ["Newest first", "Oldest first"],
  latency: ["Slowest first", "Fastest first"],
  firstbyte: ["Latest first byte", "Earliest first byte"],
  status: ["Highest status", "Lowest status"],
  cost: ["Highest cost", "Lowest cost"],
  tokens: ["Most tokens", "Fewest tokens"],
  attempts: ["Most attempts", "Fewest attempts"],
  requestbytes: ["Largest request", "Smallest request"],
  responsebytes: ["Largest answer", "Smallest answer"],
};

/** As an address names it, `latency` or `latency.asc`. */
export const orderChoices = callSortNames.flatMap((sort) => names[sort].map((label, index) => ({ value: orderText({ sort, order: index === 0 ? "desc" : "asc" }), label })));

export function orderText({ sort, order }: CallOrder): string {
  return order === "desc" ? sort : `${sort}.asc`;
}

/** In words. */
export function orderLabel({ sort, order }: CallOrder): string {
  return names[sort][order === "desc" ? 0 : 1];
}

/** The usual one where the text names none. */
export function orderOf(text: string | undefined): CallOrder {
  const [name = "", direction] = (text ?? "").split(".");
  const sort = callSortNames.find((one) => one === name);
  return sort === undefined ? usualOrder : { sort, order: direction === "asc" ? "asc" : "desc" };
}

export function isUsual({ sort, order }: CallOrder): boolean {
  return sort === usualOrder.sort && order === usualOrder.order;
}

/** What a click on a column's head asks for: the largest first, then the smallest, then as it was. */
export function turnedOrder(now: CallOrder, sort: CallSort): CallOrder {
  if (now.sort !== sort) return { sort, order: "desc" };
  return now.order === "desc" ? { sort, order: "asc" } : usualOrder;
}

/** The admin API's order: calls without the value last, those with the same one newest first. */
export function comparing({ sort, order }: CallOrder): Compare {
  if (sort === "at") return order === "desc" ? newestFirst : (left, right) => newestFirst(right, left);
  const turn = order === "desc" ? -1 : 1;
  return (left: CallRecord, right: CallRecord) => {
    const [one, other] = [sortedValueOf(left, sort), sortedValueOf(right, sort)];
    if (one === other) return newestFirst(left, right);
    if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
    return turn * (one - other);
  };
}
