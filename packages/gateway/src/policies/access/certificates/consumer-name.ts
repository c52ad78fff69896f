/** Hot path of `access: mtls`. Which consumer a certificate stands for. */
import type { MutualTls } from "@parley/contract/config/tls";
import type { X509Certificate } from "node:crypto";
import type { ClientCertificate } from "../../../exchange/exchange.ts";

/** Null where it stands for none. `isKnown` says whether there is a consumer of a name. */
export function consumerNamer(setting: MutualTls["consumer"], isKnown: (name: string) => boolean): (shown: ClientCertificate) => string | null {
  if (setting === "subject.CN") return cached((certificate) => commonName(certificate));
  if (setting === "san") return ({ certificate }) => alternativeNames(certificate).find(isKnown) ?? null;
  const byFingerprint = new Map(Object.entries(setting).map(([fingerprint, consumer]) => [plain(fingerprint), consumer]));
  return cached((certificate) => byFingerprint.get(plain(certificate.fingerprint256)) ?? null);
}

/** A connection's certificate does not change. */
function cached(nameOf: (certificate: X509Certificate) => string | null): (shown: ClientCertificate) => string | null {
  const names = new WeakMap<ClientCertificate, string | null>();
  return (shown) => {
    const known = names.get(shown);
    if (known !== undefined) return known;
    const name = nameOf(shown.certificate);
    names.set(shown, name);
    return name;
  };
}

/** The last one, where several are given: the most specific (RFC 9525 has no use for others). */
function commonName(certificate: X509Certificate): string | null {
  const { CN } = certificate.toLegacyObject().subject;
  const name: unknown = Array.isArray(CN) ? CN.at(-1) : CN;
  return typeof name === "string" && name !== "" ? name : null;
}

/** DNS names, e-mail addresses and URIs. A value with a comma or a quote is written as JSON, which no consumer's name needs. */
function alternativeNames(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "").split(", ").flatMap((entry) => /^(?:DNS|email|URI):(.+)$/.exec(entry)?.[1] ?? []);
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/^sha256:/, "").replaceAll(":", "").toLowerCase();
}
