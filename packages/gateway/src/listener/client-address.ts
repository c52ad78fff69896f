/**
 * Who really calls, behind the proxies that the gateway trusts (`trustProxy`): X-Forwarded-For is read from its end, and
 * the first address that is not a trusted proxy's is the client's. What stands before it anybody could have written.
 */
import { isIP } from "node:net";
import { addressList } from "../exchange/address-list.ts";
import type { ClientCertificate, Peer } from "../exchange/exchange.ts";

const plainConnection = { secure: false, certificate: null };

export class TrustedProxies {
  readonly #trusts: (address: string) => boolean;

  /** CIDRs or single addresses, validated with the configuration. */
  constructor(cidrs: readonly string[]) {
    this.#trusts = addressList(cidrs);
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
