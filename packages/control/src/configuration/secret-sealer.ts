/**
 * Seals secrets of the file and the environment for the snapshot. Sealing the same secret twice gives two texts; the
 * sealed text that is out already is used again, so that a restart or a reload does not look like a change to gateways.
 */
import { isSealed, openSecret, sealSecret } from "@parley/contract/secrets";

/** What the published snapshot has under a purpose, if anything. */
export type PublishedSecret = (purpose: string) => string | undefined;

export function secretSealer(masterKey: Buffer, published: PublishedSecret): (purpose: string, secret: string) => string {
  return (purpose, secret) => {
    const before = published(purpose);
    if (before !== undefined && isSealed(before) && opensTo(masterKey, { purpose, sealed: before, secret })) return before;
    return sealSecret(masterKey, purpose, secret);
  };
}

function opensTo(masterKey: Buffer, { purpose, sealed, secret }: { purpose: string; sealed: string; secret: string }): boolean {
  try {
    return openSecret(masterKey, purpose, sealed) === secret;
  } catch {
    return false;
  }
}
