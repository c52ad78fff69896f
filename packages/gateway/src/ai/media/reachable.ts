/**
 * Which addresses a caller's URL may lead to: whoever may ask a model decides what this process connects to, so that it is
 * the public internet, and what the configuration allows beside it. A cloud's metadata is link-local, and never reached. A
 * name is judged by the address that it has when it is connected to, so that it cannot change its mind in between.
 */
import { lookup as resolve } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { isNeverReached, isPublicAddress } from "@parley/contract/public-addresses";
import { addressList } from "../../exchange/address-list.ts";

export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
}

export type IsReachable = (address: string) => boolean;

export function compileReach(allow: readonly string[]): IsReachable {
  const isAllowed = addressList(allow);
  return (written) => {
    // An IPv4 address in IPv6's writing is judged as what it is.
    const address = written.replace(/^::ffff:(?=\d+\.)/i, "");
    return !isNeverReached(address) && (isPublicAddress(address) === true || isAllowed(address));
  };
}

/** Of a URL whose host is an address, or this machine's own name; true for any other name, which is judged when it is looked up. */
export function mayReachHost(url: URL, isReachable: IsReachable): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(host) !== 0) return isReachable(host);
  return host !== "localhost" && !host.endsWith(".localhost") ? true : isReachable("127.0.0.1");
}

/** Looks a name up and gives only addresses that may be reached. */
export function guardedLookup(isReachable: IsReachable): LookupFunction {
  return (host, asked, callback) => {
    resolve(host, { ...asked, all: true }, (error, addresses) => {
      if (error) return callback(error, [], 0);
      const allowed = addresses.filter(({ address }) => isReachable(address));
      const [first] = allowed;
      if (!first) return callback(new AddressRefusedError(`${host} has a private address`), [], 0);
      if (asked.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
