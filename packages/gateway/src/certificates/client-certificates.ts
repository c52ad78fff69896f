/**
 * Whether a client's certificate leads to one of some authorities. OpenSSL has verified the handshake against the
 * authorities of all services together; this says whether those of one service vouch for it. A server of node:tls does not
 * get to see the intermediate certificates that a client sent. Where a service's authorities are all that there are,
 * OpenSSL's word is enough; else the way to them is followed through the certificates in the authorities' files, and
 * every step is held to signature, right to sign, and time.
 */
import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate } from "../exchange/exchange.ts";

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
  /** Unix milliseconds. */
  atMs: number;
}

export function isVouchedFor({ certificate, problem, generation }: ClientCertificate, by: Vouching): boolean {
  if (problem !== null || by.own.length === 0 || !isValidAt(certificate, by.atMs)) return false;
  const own = new Set(by.own.map(({ fingerprint256 }) => fingerprint256));
  if (generation === by.generation && by.all.every(({ fingerprint256 }) => own.has(fingerprint256))) return true;
  let current: X509Certificate | undefined = certificate;
  for (let depth = 0; current !== undefined && depth < longestChain; depth++) {
    const link: X509Certificate = current;
    if (!isValidAt(link, by.atMs)) return false;
    if (own.has(link.fingerprint256)) return true;
    const issues = (issuer: X509Certificate): boolean => hasIssued(issuer, link);
    current = by.own.find(issues) ?? by.all.find((issuer) => issuer.fingerprint256 !== link.fingerprint256 && issues(issuer));
  }
  return false;
}

/** Names alone prove nothing. */
function hasIssued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, atMs: number): boolean {
  return certificate.validFromDate.getTime() <= atMs && atMs <= certificate.validToDate.getTime();
}
