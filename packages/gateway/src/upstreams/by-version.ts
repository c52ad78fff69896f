/**
 * Hot path of services with versions or a canary. Which upstream carries a call: its version's own or the service's, and
 * of the calls that a canary release may have the share that it gets.
 */
import type { Canary } from "@parley/contract/config/canary";
import type { Exchange } from "../exchange/exchange.ts";
import type { Handler } from "../pipeline/policy.ts";
import { isCanaryCall } from "./canary-choice.ts";

export interface UpstreamsByVersion {
  service: string;
  /** Null where every version has its own. */
  common: Handler | null;
  /** By version: those with an upstream of their own. */
  separate: ReadonlyMap<string, Handler>;
  canary: { settings: Canary; handler: Handler } | null;
  /** From 0 to under 1. */
  random: () => number;
}

export function forwardByVersion({ service, common, separate, canary, random }: UpstreamsByVersion): Handler {
  return (exchange, sink) => {
    const version = exchange.version ?? versionInFront(exchange, separate);
    if (canary !== null && canary.settings.version === (version ?? canary.settings.version) && isCanaryCall(canary.settings, exchange, random)) {
      exchange.record.canary = true;
      return canary.handler(exchange, sink);
    }
    const handler = (version === undefined ? undefined : separate.get(version)) ?? common;
    if (handler === null) return sink.fault({ code: "missing-version", detail: `The service ${service} has an upstream for each version only, and the call names none.` });
    return handler(exchange, sink);
  };
}

/** A call that the gateway makes itself, to see what became of a write, has the version in its path only. */
function versionInFront({ rest }: Exchange, separate: ReadonlyMap<string, Handler>): string | undefined {
  if (separate.size === 0) return undefined;
  const end = /[/?]/.exec(rest.slice(1))?.index;
  const first = rest.slice(1, end === undefined ? undefined : end + 1);
  return separate.has(first) ? first : undefined;
}
