/**
 * Which addresses messages may go to. Whoever may configure a channel decides what this process connects to, so: public
 * addresses always; private and loopback ones where the channel comes from the configuration file or says `private: true`;
 * link-local ones (a cloud's metadata is there) and those that are no single machine's never. Looked at when connecting, on
 * the address that a name has then, so that a name cannot change its mind in between.
 */
import { isIP, type LookupFunction } from "node:net";
import { lookup as resolve } from "node:dns";
import { isNeverReached, isPublicAddress } from "../addresses/public-addresses.ts";

/** Why it may not be connected to; null where it may. */
export function refusalOfAddress(written: string, { allowPrivate }: { allowPrivate: boolean }): string | null {
  // An IPv4 address in IPv6's writing is judged as what it is.
  const address = written.replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIP(address) === 0) return `${address} is no address`;
  if (isNeverReached(address)) return `${address} is a link-local or reserved address, which messages never go to`;
  if (!allowPrivate && isPublicAddress(address) !== true) return `${address} is a private address; say \`private: true\` in the channel if it is meant`;
  return null;
}

export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
}

/** For `node:http`: looks a name up, and gives only addresses that are allowed. */
export function guardedLookup(options: { allowPrivate: boolean }): LookupFunction {
  return (host, asked, callback) => {
    resolve(host, { ...asked, all: true }, (error, addresses) => {
      if (error) return callback(error, [], 0);
      const allowed = addresses.filter(({ address }) => refusalOfAddress(address, options) === null);
      const [first] = allowed;
      if (!first) return callback(new AddressRefusedError(`${host}: ${refusalOfAddress(addresses[0]?.address ?? "", options) ?? "it has no address"}`), [], 0);
      if (asked.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** A host that is an address already is never looked up. */
export function expectAllowedHost(host: string, options: { allowPrivate: boolean }): void {
  const bare = host.replace(/^\[|\]$/g, "");
  const refusal = isIP(bare) === 0 ? null : refusalOfAddress(bare, options);
  if (refusal !== null) throw new AddressRefusedError(refusal);
}
