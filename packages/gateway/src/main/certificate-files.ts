/** The certificates of a worker: those that it shows itself, to callers and to upstreams, and those that it believes. */
import type { ServerTls } from "@parley/contract/config/tls";
import type { GatewayProcessOptions } from "@parley/contract/processes";
import type { Logger } from "pino";
import { AuthorityFiles, type CertificatePorts, ClientIdentities, RevocationFiles, ServerCertificates } from "../certificates/index.ts";

export class CertificateFiles {
  readonly identities: ClientIdentities;
  readonly authorities: AuthorityFiles;
  readonly revocations: RevocationFiles;
  /** Null where the gateway speaks plain HTTP. */
  readonly own: ServerCertificates | null;

  /** Throws where `gateway.tls` cannot be used. */
  constructor({ tls }: GatewayProcessOptions, log: Logger) {
    const ports: CertificatePorts = { warn: (message, details) => log.warn(details, message) };
    this.identities = new ClientIdentities(ports);
    this.authorities = new AuthorityFiles(ports);
    this.revocations = new RevocationFiles(ports);
    this.own = tls === undefined ? null : openOwn(tls, this.authorities, ports);
  }

  async close(): Promise<void> {
    await this.own?.close();
    await this.authorities.close();
    await this.revocations.close();
    await this.identities.close();
  }
}

/** The place of what cannot be used is part of OpenSSL's words only now and then. */
function openOwn(tls: ServerTls, authorities: AuthorityFiles, ports: CertificatePorts): ServerCertificates {
  try {
    return new ServerCertificates(tls, authorities, ports);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`gateway.tls cannot be used (${tls.cert}, ${tls.key}): ${problem}`, { cause: error }), { code: "ERR_PARLEY_TLS" });
  }
}
