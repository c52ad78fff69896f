/** Hot path of services with a canary. Which calls belong to it. */
import type { Canary } from "@parley/contract/config/canary";
import type { Exchange } from "../exchange/exchange.ts";
import { hashText } from "./balance/hash-ring.ts";

/** Whoever is named gets it always; of the others the share, each call anew or each consumer for good. */
export function isCanaryCall({ percent, header, consumers, sticky }: Canary, exchange: Exchange, random: () => number): boolean {
  if (header !== undefined && exchange.headers[header.name.toLowerCase()] === header.value) return true;
  if (exchange.caller !== null && consumers?.includes(exchange.caller.consumer)) return true;
  if (!sticky) return random() * 100 < percent;
  return hashText(exchange.caller?.consumer ?? exchange.clientAddress) % 10_000 < percent * 100;
}
