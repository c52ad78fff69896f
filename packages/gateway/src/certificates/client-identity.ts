/** What the gateway shows of itself to an upstream, and whom it believes there; contexts are made anew when files change. */
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import type { UpstreamTls } from "@parley/contract/config/tls";
import type { CertificatePorts } from "./authority-files.ts";
import { ChangedFiles } from "./changed-files.ts";

export interface ClientIdentity {
  /** The same for the same settings: connections are not shared between different ones. It changes with the files. */
  readonly id: string;
  readonly serverName: string | null;
  /** Null where the files have never been usable: no connection can be made. */
  readonly context: SecureContext | null;
}

export class ClientIdentities {
  readonly #ports: CertificatePorts;
  readonly #files = new ChangedFiles(() => this.#renew());
  #known = new Map<string, KnownIdentity>();

  constructor(ports: CertificatePorts) {
    this.#ports = ports;
  }

  of(settings: UpstreamTls): ClientIdentity {
    const name = JSON.stringify([settings.ca, settings.cert, settings.key, settings.serverName]);
    let identity = this.#known.get(name);
    if (!identity) {
      identity = new KnownIdentity(name, settings);
      this.#known.set(name, identity);
      this.#read(identity);
      for (const path of [settings.ca, settings.cert, settings.key]) if (path !== undefined) this.#files.watch(path);
    }
    return identity;
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  #renew(): void {
    for (const identity of this.#known.values()) this.#read(identity);
  }

  #read(identity: KnownIdentity): void {
    try {
      identity.read();
    } catch (error) {
      this.#ports.warn("the certificates for an upstream cannot be used", { ...identity.settings, error });
    }
  }
}

class KnownIdentity implements ClientIdentity {
  readonly settings: UpstreamTls;
  readonly serverName: string | null;
  readonly #name: string;
  context: SecureContext | null = null;
  #generation = 0;
  #texts = "";

  constructor(name: string, settings: UpstreamTls) {
    this.#name = name;
    this.settings = settings;
    this.serverName = settings.serverName ?? null;
  }

  get id(): string {
    return `${this.#generation} ${this.#name}`;
  }

  read(): void {
    const { ca, cert, key } = this.settings;
    const [caText, certText, keyText] = [ca, cert, key].map((path) => (path === undefined ? undefined : readFileSync(path, "latin1")));
    const texts = JSON.stringify([caText, certText, keyText]);
    if (this.context !== null && texts === this.#texts) return;
    this.context = createSecureContext({ ...(caText === undefined ? {} : { ca: caText, allowPartialTrustChain: true }), ...(certText === undefined ? {} : { cert: certText }), ...(keyText === undefined ? {} : { key: keyText }) });
    this.#texts = texts;
    this.#generation++;
  }
}
