/** Hot path of services with `addresses`. From where a service may be called: `deny` first, then `allow` if there is one. */
import { BlockList, isIP } from "node:net";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";

export const addressesPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "addresses",
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

function addressList(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address, length] = cidr.split("/", 2) as [string, string | undefined];
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return (address) => cidrs.length > 0 && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
