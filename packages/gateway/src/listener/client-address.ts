/**
 * Who really calls, behind the proxies that the gateway trusts (`trustProxy`): X-Forwarded-For is read from its end, and
 * the first address that is not a trusted proxy's is the client's. What stands before it anybody could have written.
 */
import { BlockList, isIP } from "node:net";
import type { ClientCertificate, Peer } from "../exchange/exchange.ts";

const plainConnection = { secure: false, certificate: null };

export class TrustedProxies {
  #list: BlockList | null;

  /** CIDRs or single addresses, validated with the configuration. */
  constructor(cidrs: readonly string[]) {
    this.#list = cidrs.length === 0 ? null : new BlockList();
    for (const cidr of cidrs) this.#add(cidr);
  }

  peer(address: string, { secure, certificate }: { secure: boolean; certificate: ClientCertificate | null } = plainConnection): Peer {
    const plain = withoutMapping(address);
    return { address: plain, trusted: this.#trusts(plain), secure, certificate };
  }

  clientAddress(peer: Peer, forwardedFor: string | string[] | undefined): string {
    if (!peer.trusted || forwardedFor === undefined) return peer.address;
    let client = peer.address;
    for (const entry of String(forwardedFor).split(",").reverse()) {
      const address = withoutMapping(withoutPort(entry.trim()));
      if (isIP(address) === 0) return client;
      client = address;
      if (!this.#trusts(address)) return client;
    }
    return client;
  }

  #add(cidr: string): void {
    const [address, length] = cidr.split("/", 2) as [string, string | undefined];
    const version = isIP(address);
    if (version === 0 || !this.#list) return;
    const family = version === 6 ? "ipv6" : "ipv4";
    if (length === undefined) this.#list.addAddress(address, family);
    else this.#list.addSubnet(address, Number(length), family);
  }

  #trusts(address: string): boolean {
    return this.#list !== null && this.#list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  }
}

/** A dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1. */
function withoutMapping(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry);
  if (bracketed) return bracketed[1] as string;
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(":")) : entry;
}
