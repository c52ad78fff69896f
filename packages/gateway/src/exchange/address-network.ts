/** Whom an address stands for: with IPv6 every customer has a network of 2^64 addresses, so what is counted is the network. */
import { isIPv6 } from "node:net";

export function addressNetwork(address: string): string {
  if (!address.includes(":") || !isIPv6(address)) return address;
  const [head, tail] = address.replace(/%.*$/, "").split("::") as [string, string | undefined];
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  const groups = [...first, ...zeros, ...last].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(":")}::/64`;
}
