/** Whether a caller may read of a service: exactly if the service's own policies of access would let a call of theirs pass. */
import type { Service } from "@parley/contract/config/service";
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { outsideOfVersions } from "../exchange/key-scopes.ts";
import type { Handler } from "../pipeline/policy.ts";
import { bareRoute } from "../pipeline/route-parts.ts";
import type { PipelinePorts, RoutePlan } from "../pipeline/route-plan.ts";
import { accessPolicy } from "../policies/access/access.ts";
import { addressesPolicy } from "../policies/addresses/addresses.ts";

/** Resolves with null where the call may go on; the exchange then says who calls. */
export type ReadingRights = (exchange: Exchange) => Promise<Refusal | null>;

export function compileRights(name: string, { access, jwt, mtls, addresses, limits }: Service, ports: PipelinePorts): ReadingRights {
  const plan: RoutePlan = { service: name, kind: "http", access, tokens: jwt, certificates: mtls, addresses, limits, conflict: null };
  const passed: Handler = (_exchange, sink) => sink.end();
  const handler = [addressesPolicy, accessPolicy].reduceRight<Handler>((next, policy) => policy.create(plan, ports)?.(next) ?? next, passed);
  const route = bareRoute(name);
  return (exchange) => {
    exchange.route = route;
    return new Promise((resolve, reject) => {
      const sink: AnswerSink = { head: () => undefined, data: () => true, end: () => resolve(null), fault: resolve, onDrain: () => undefined };
      Promise.resolve(handler(exchange, sink)).catch(reject);
    });
  };
}

/** Drafts are there for consumers that are pinned to them; a key may be for some versions only. */
export function mayReadVersion(exchange: Exchange, { name, version, status, pinned }: { name: string; version: string; status: string; pinned: Readonly<Record<string, string>> | undefined }): boolean {
  return (status !== "draft" || pinned?.[name] === version) && outsideOfVersions(exchange.caller, version) === null;
}
