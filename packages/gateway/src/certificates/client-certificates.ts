/**
 * Whether a client's certificate leads to one of some authorities. OpenSSL has verified the handshake against the
 * authorities of all services together; this says whether those of one service vouch for it. A server of node:tls does not
 * get to see the intermediate certificates that a client sent. Where a service's authorities are all that there are,
 * OpenSSL's word is enough; else the way to them is followed through the certificates in the authorities' files, and
 * every step is held to signature, right to sign, time, and the service's revocation lists if it has any.
 */
import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate } from "../exchange/exchange.ts";
import type { RevocationList } from "./revocation-list.ts";

const longestChain = 10;

/** Null where the client has shown none. `generation` is that of the authorities that the handshake was held against. */
export function shownCertificate(socket: TLSSocket, generation: number): ClientCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  return { certificate, problem: socket.authorized ? null : String(socket.authorizationError ?? "it cannot be verified"), generation };
}

export interface Vouching {
  /** The service's own authorities. */
  own: readonly X509Certificate[];
  /** Those of all services. */
  all: readonly X509Certificate[];
  generation: number;
  /** Null where nobody asks for them. */
  revocations: readonly RevocationList[] | null;
  /** Unix milliseconds. */
  atMs: number;
}

const unknownIssuer = "It is not one of those that the service takes.";

/** Why it is not believed; null where it is. */
export function objectionTo({ certificate, problem, generation }: ClientCertificate, by: Vouching): string | null {
  if (problem !== null) return problem;
  if (by.own.length === 0 || !isValidAt(certificate, by.atMs)) return unknownIssuer;
  const own = new Set(by.own.map(({ fingerprint256 }) => fingerprint256));
  if (by.revocations === null && generation === by.generation && by.all.every(({ fingerprint256 }) => own.has(fingerprint256))) return null;
  let current = certificate;
  for (let depth = 0; depth < longestChain; depth++) {
    const link = current;
    if (!isValidAt(link, by.atMs)) return unknownIssuer;
    if (own.has(link.fingerprint256)) return null;
    const issues = (issuer: X509Certificate): boolean => hasIssued(issuer, link);
    const issuer = by.own.find(issues) ?? by.all.find((one) => one.fingerprint256 !== link.fingerprint256 && issues(one));
    if (issuer === undefined) return unknownIssuer;
    const taken = by.revocations === null ? null : revocationOf(link, { issuer, lists: by.revocations, atMs: by.atMs });
    if (taken !== null) return taken;
    current = issuer;
  }
  return unknownIssuer;
}

/** Nobody vouches for what no list in force speaks of: an authority that is kept from publishing takes nothing back. */
function revocationOf(link: X509Certificate, { issuer, lists, atMs }: { issuer: X509Certificate; lists: readonly RevocationList[]; atMs: number }): string | null {
  const speaksOf: RevocationList["covers"] = link.ca ? "authorities" : "users";
  const found = lists.filter((list) => (list.covers === "everything" || list.covers === speaksOf) && list.isBy(issuer, link));
  if (found.some((list) => list.names(link))) return link.ca ? "An authority between it and the trusted ones has been revoked." : "It has been revoked.";
  return found.some(({ nextUpdateMs }) => atMs < nextUpdateMs) ? null : "No revocation list of its issuer is in force.";
}

/** Names alone prove nothing. */
function hasIssued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, atMs: number): boolean {
  return certificate.validFromDate.getTime() <= atMs && atMs <= certificate.validToDate.getTime();
}
