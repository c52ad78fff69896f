/** Hot path of whoever lists addresses. Addresses and CIDRs, validated with the configuration, of either family. */
import { BlockList, isIP } from "node:net";

/** Says whether an address is in the list; nothing is in an empty one. */
export function addressList(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  const valid = cidrs.map((cidr) => cidr.split("/", 2) as [address: string, length: string | undefined]).filter(([address]) => isIP(address) !== 0);
  for (const [address, length] of valid) {
    if (length === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(length), familyOf(address));
  }
  return valid.length === 0 ? () => false : (address) => list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
