/**
 * A certificate revocation list (RFC 5280 §5): whom an authority has taken back. Hides its encoding, its signature and
 * which certificates it speaks of. What it says counts once its signature was verified with the issuer's key.
 */
import { type X509Certificate, verify } from "node:crypto";
import { context, derMembers, derSpan, derTags, derTime, type DerValue, readDer } from "./der.ts";

export interface RevocationList {
  /** As it is encoded, in hexadecimal digits: the same in all lists of one authority. */
  readonly issuer: string;
  /** Unix milliseconds; Infinity where the list names no next one. */
  readonly nextUpdateMs: number;
  readonly covers: "everything" | "users" | "authorities";
  /** Whether the issuer of a certificate has made and signed it. */
  isBy(issuer: X509Certificate, certificate: X509Certificate): boolean;
  names(certificate: X509Certificate): boolean;
}

/** By the OID of the signature's algorithm, in hexadecimal digits; null where the algorithm brings its own digest. SHA-1 is not among them. */
const digests: Readonly<Record<string, string | null>> = {
  "2a864886f70d01010b": "sha256", "2a864886f70d01010c": "sha384", "2a864886f70d01010d": "sha512",
  "2a8648ce3d040302": "sha256", "2a8648ce3d040303": "sha384", "2a8648ce3d040304": "sha512",
  "2b6570": null, "2b6571": null,
};

const issuingDistributionPoint = "551d1c";

interface Parts {
  issuer: Buffer;
  nextUpdateMs: number;
  /** The revoked ones, one after the other. */
  entries: Buffer;
  covers: RevocationList["covers"];
}

/** Throws where it cannot be understood as a whole: then nobody knows what it leaves out. */
export function parseRevocationList(bytes: Buffer): RevocationList {
  const list = readDer(bytes);
  const [signed, algorithm, signature] = derMembers(list);
  // A signature is whole bytes: none of its last one's bits are unused.
  if (list.tag !== derTags.sequence || signed === undefined || algorithm === undefined || signature?.tag !== derTags.bitString || signature.content[0] !== 0) throw new Error("it is no revocation list");
  const digest = digests[derMembers(algorithm)[0]?.content.toString("hex") ?? ""];
  if (digest === undefined) throw new Error("its signature is of an algorithm that is not supported");
  const parts = partsOf(signed, algorithm);
  const verified = new WeakMap<X509Certificate, boolean>();
  const isSignedBy = (issuer: X509Certificate): boolean => {
    const known = verified.get(issuer) ?? isSignature(signature.content.subarray(1), { of: signed.whole, by: issuer, digest });
    verified.set(issuer, known);
    return known;
  };
  return {
    issuer: parts.issuer.toString("hex"),
    nextUpdateMs: parts.nextUpdateMs,
    covers: parts.covers,
    isBy: (issuer, certificate) => issuerAndSerial(certificate).issuer.equals(parts.issuer) && isSignedBy(issuer),
    names: (certificate) => hasEntry(parts.entries, issuerAndSerial(certificate).serial),
  };
}

/** A key of another kind than the signature's throws. */
function isSignature(signature: Buffer, { of, by, digest }: { of: Buffer; by: X509Certificate; digest: string | null }): boolean {
  try {
    return verify(digest, of, by.publicKey, signature);
  } catch {
    return false;
  }
}

/** RFC 5280 §5.1.2: version, signature, issuer, thisUpdate, nextUpdate, the revoked, [0] extensions. */
function partsOf(signed: DerValue, algorithm: DerValue): Parts {
  const members = derMembers(signed);
  if (members[0]?.tag === derTags.integer) members.shift();
  const [inner, issuer, thisUpdate, ...more] = members;
  if (inner === undefined || issuer === undefined || thisUpdate === undefined || !inner.whole.equals(algorithm.whole)) throw new Error("it is no revocation list");
  derTime(thisUpdate);
  const next = more[0]?.tag === derTags.utcTime || more[0]?.tag === derTags.generalizedTime ? more.shift() : undefined;
  const revoked = more[0]?.tag === derTags.sequence ? more.shift() : undefined;
  const extensions = more[0]?.tag === context(0) ? derMembers(readDer(more[0].content)) : [];
  const entries = revoked?.content ?? Buffer.alloc(0);
  for (let at = 0; at < entries.length; ) at = derSpan(entries, at).end;
  return { issuer: issuer.whole, nextUpdateMs: next === undefined ? Infinity : derTime(next), entries, covers: coveredBy(extensions) };
}

/** A critical extension that is not understood makes a list unusable (§5.2), and so does a list of changes, of some reasons or of other issuers. */
function coveredBy(extensions: readonly DerValue[]): RevocationList["covers"] {
  let covers: RevocationList["covers"] = "everything";
  for (const extension of extensions) {
    const [id, second, third] = derMembers(extension);
    const critical = second?.tag === derTags.boolean && second.content[0] !== 0;
    const value = third ?? second;
    if (id?.content.toString("hex") === issuingDistributionPoint && value !== undefined) covers = scopeOf(readDer(value.content));
    else if (critical) throw new Error("it has a critical extension that is not supported");
  }
  return covers;
}

/** §5.2.5: [0] where it is to be had, [1] users' certificates only, [2] authorities' only; the others are not supported. */
function scopeOf(point: DerValue): RevocationList["covers"] {
  const tags = new Set(derMembers(point).map(({ tag }) => tag));
  for (const tag of tags) if (![context(0), context(1, false), context(2, false)].includes(tag)) throw new Error("it is of some reasons only, or of other issuers");
  return tags.has(context(1, false)) ? "users" : tags.has(context(2, false)) ? "authorities" : "everything";
}

/** Without an object for each: such lists are long, and a certificate is looked for once in a connection. */
function hasEntry(entries: Buffer, serial: Buffer): boolean {
  for (let at = 0; at < entries.length; ) {
    const { contentAt, end } = derSpan(entries, at);
    if (entries.compare(serial, 0, serial.length, contentAt, Math.min(end, contentAt + serial.length)) === 0) return true;
    at = end;
  }
  return false;
}

/** As they are encoded: [0] version, serial, signature, issuer (§4.1). */
function issuerAndSerial(certificate: X509Certificate): { issuer: Buffer; serial: Buffer } {
  const [signed] = derMembers(readDer(certificate.raw));
  const [first, ...others] = signed === undefined ? [] : derMembers(signed);
  const [serial, , issuer] = first?.tag === context(0) ? others : [first, ...others];
  if (serial === undefined || issuer === undefined) throw new Error("it is no certificate");
  return { serial: serial.whole, issuer: issuer.whole };
}
