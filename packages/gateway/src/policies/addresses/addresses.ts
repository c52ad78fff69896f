/** Hot path of services with `addresses`. From where a service may be called: `deny` first, then `allow` if there is one. */
import type { Refusal } from "@parley/contract/problems/problem";
import { addressList } from "../../exchange/address-list.ts";
import type { Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";

export const addressesPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "addresses",
  sharedAs: ({ addresses }) => (addresses ? JSON.stringify(addresses) : ""),
  create({ addresses }) {
    if (!addresses) return null;
    const denied = addressList(addresses.deny);
    const allowed = addresses.allow ? addressList(addresses.allow) : null;
    return (next) => (exchange, sink) => {
      const { clientAddress } = exchange;
      if (denied(clientAddress) || allowed?.(clientAddress) === false) return sink.fault(notFromHere);
      return next(exchange, sink);
    };
  },
};

const notFromHere: Refusal = { code: "address-not-allowed", detail: "The service may not be called from this address." };
