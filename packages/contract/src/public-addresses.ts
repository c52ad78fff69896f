/** Which addresses are of the public internet: everything that is registered for another use (RFC 6890) is not. */
import { BlockList, isIPv4, isIPv6 } from "node:net";

const special = new BlockList();
const ranges4: [string, number][] = [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.0.2.0", 24],
  ["192.88.99.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4],
];
const ranges6: [string, number][] = [["::", 96], ["64:ff9b::", 96], ["64:ff9b:1::", 48], ["100::", 64], ["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20], ["5f00::", 16], ["fc00::", 7], ["fe80::", 10], ["fec0::", 10], ["ff00::", 8]];
for (const [address, prefix] of ranges4) special.addSubnet(address, prefix, "ipv4");
for (const [address, prefix] of ranges6) special.addSubnet(address, prefix, "ipv6");

/** Where clouds keep the credentials of their machines beside the link-local addresses: AWS, Alibaba, Oracle, and Azure's, which looks public. */
const metadata = ["fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"];
/** What is no single machine's, the link-local ones, and these in each writing of IPv6 that ends at an IPv4 address (RFC 4291 §2.5.5, 6052, 3056, 2765). */
const neverRanges: [string, number][] = [
  ["0.0.0.0", 8], ["169.254.0.0", 16], ["224.0.0.0", 3], ["::", 128], ["fe80::", 10], ["ff00::", 8],
  ["::a9fe:0", 112], ["::ffff:0:a9fe:0", 112], ["64:ff9b::a9fe:0", 112], ["64:ff9b:1::a9fe:0", 112], ["2002:a9fe::", 32],
];
const never = new BlockList();
for (const [address, prefix] of neverRanges) never.addSubnet(address, prefix, isIPv4(address) ? "ipv4" : "ipv6");
for (const address of metadata) {
  never.addAddress(address, isIPv4(address) ? "ipv4" : "ipv6");
  special.addAddress(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/** What nothing is to be sent to in somebody else's name, whatever the settings allow; of an address. BlockList looks at ::ffff:a.b.c.d as IPv4. */
export function isNeverReached(address: string): boolean {
  return never.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/** Null for what is a name and no address. */
export function isPublicAddress(text: string): boolean | null {
  if (isIPv4(text)) return !special.check(text, "ipv4");
  if (!isIPv6(text)) return null;
  // ::ffff:a.b.c.d is the IPv4 address; BlockList looks at it as such.
  return !special.check(text, "ipv6") && !/^::(?:ffff:)?(?:0:)?\d+\.\d+\.\d+\.\d+$/i.test(text) && !/^::ffff:/i.test(text);
}
