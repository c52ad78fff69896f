/** The certificates that the gateway shows itself, or why it cannot. */
import type { ServerTls } from "@parley/contract/config/tls";
import { type AuthorityFiles, type CertificatePorts, ServerCertificates } from "../certificates/index.ts";

/** The place of what cannot be used is part of OpenSSL's words only now and then. */
export function openCertificates(tls: ServerTls, authorities: AuthorityFiles, ports: CertificatePorts): ServerCertificates {
  try {
    return new ServerCertificates(tls, authorities, ports);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`gateway.tls cannot be used (${tls.cert}, ${tls.key}): ${problem}`, { cause: error }), { code: "ERR_PARLEY_TLS" });
  }
}
