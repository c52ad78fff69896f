/** What the gateway shows of itself, by the name that a client asks for, and whose client certificates it believes. Swapped while connections are open; each keeps what it began with. */
import { constants } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext, type SecureContextOptions, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import type { ServerTls } from "@parley/contract/config/tls";
import type { ClientCertificate } from "../exchange/exchange.ts";
import type { AuthorityFiles, CertificatePorts } from "./authority-files.ts";
import { ChangedFiles } from "./changed-files.ts";
import { shownCertificate } from "./client-certificates.ts";

interface Contexts {
  /** For a client that names no host, or none of the others. */
  main: SecureContextOptions;
  byHost: ReadonlyMap<string, SecureContext>;
  asksForCertificates: boolean;
}

export class ServerCertificates {
  readonly #settings: ServerTls;
  readonly #authorities: AuthorityFiles;
  readonly #ports: CertificatePorts;
  readonly #files = new ChangedFiles(() => this.#renew());
  #contexts: Contexts;
  #server: (Server & { requestCert?: boolean }) | null = null;

  /** Throws where a file cannot be read, or a key is not its certificate's. */
  constructor(settings: ServerTls, authorities: AuthorityFiles, ports: CertificatePorts) {
    this.#settings = settings;
    this.#authorities = authorities;
    this.#ports = ports;
    if (settings.clientCa !== undefined) authorities.at(settings.clientCa);
    this.#contexts = this.#read();
    for (const { cert, key } of [settings, ...settings.sni]) for (const path of [cert, key]) this.#files.watch(path);
    authorities.onChange(() => this.#renew());
  }

  options(): TlsOptions {
    return {
      ...this.#contexts.main,
      requestCert: this.#contexts.asksForCertificates,
      // Which service asks for which certificate is known once the request is there.
      rejectUnauthorized: false,
      ALPNProtocols: ["h2", "http/1.1"],
      SNICallback: (name, callback) => callback(null, this.#contextOf(name.toLowerCase())),
    };
  }

  /** Keeps the server's certificates up with the files. */
  serve(server: Server): void {
    this.#server = server;
  }

  /** Null where the client has shown none. Ask when the handshake has just ended. */
  shownBy(socket: TLSSocket): ClientCertificate | null {
    return this.#contexts.asksForCertificates ? shownCertificate(socket, this.#authorities.generation) : null;
  }

  close(): Promise<void> {
    this.#server = null;
    return this.#files.close();
  }

  #contextOf(name: string): SecureContext | undefined {
    const { byHost } = this.#contexts;
    return byHost.get(name) ?? byHost.get(`*${name.slice(name.indexOf("."))}`);
  }

  #renew(): void {
    try {
      this.#contexts = this.#read();
    } catch (error) {
      // Often a renewal that is half done: the next look sees the rest.
      return this.#ports.warn("the gateway's certificates cannot be renewed; those before stay", { cert: this.#settings.cert, error });
    }
    if (this.#server === null) return;
    this.#server.setSecureContext(this.#contexts.main);
    this.#server.requestCert = this.#contexts.asksForCertificates;
  }

  #read(): Contexts {
    const ca = this.#authorities.all().map(({ pem }) => pem).filter((pem) => pem !== "");
    const shared: SecureContextOptions = {
      minVersion: this.#settings.minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2",
      ...(ca.length === 0 ? {} : {
        ca, allowPartialTrustChain: true,
        // A resumed session knows the client's own certificate and not the chain that it came with.
        secureOptions: constants.SSL_OP_NO_TICKET,
      }),
    };
    const main = { ...shared, ...readPair(this.#settings) };
    // So that a mistake is found here, and not by a client.
    createSecureContext(main);
    const byHost = this.#settings.sni.map(({ host, ...pair }) => [host.toLowerCase(), createSecureContext({ ...shared, ...readPair(pair) })] as const);
    return { main, byHost: new Map(byHost), asksForCertificates: ca.length > 0 };
  }
}

function readPair({ cert, key }: { cert: string; key: string }): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}
