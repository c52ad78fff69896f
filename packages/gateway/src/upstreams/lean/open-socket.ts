/** Opens a socket to an origin, over TCP or TLS, and feeds what arrives into one shared buffer. */
import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import type { ClientIdentity } from "../../certificates/index.ts";

export interface Origin {
  secure: boolean;
  host: string;
  port: number;
}

export function parseOrigin(origin: string): Origin {
  const url = new URL(origin);
  const secure = url.protocol === "https:";
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  return { secure, host, port: url.port === "" ? (secure ? 443 : 80) : Number(url.port) };
}

/**
 * A read is always digested before the next one begins, so all sockets share one buffer: an open connection that says
 * nothing then holds none.
 */
const readBufferBytes = 64 * 1024;

export class SocketOpener {
  #buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  #secureContext: SecureContext | null = null;
  #certificateAuthorities: string | undefined;

  /** PEM, believed besides those that Node knows. */
  constructor(certificateAuthorities: string | undefined) {
    this.#certificateAuthorities = certificateAuthorities;
  }

  /** `onRead` returns false to pause. The bytes are only good until it returns. `session` resumes an earlier TLS session. */
  open(origin: Origin, onRead: (bytes: Buffer) => boolean, { session, identity }: { session: Buffer | undefined; identity: ClientIdentity | null }): Socket {
    const buffer = this.#buffer;
    const onread: OnReadOpts = { buffer, callback: (length) => onRead(buffer.subarray(0, length)) };
    const { host, port } = origin;
    if (!origin.secure) return connectTcp({ host, port, noDelay: true, onread });
    this.#secureContext ??= createSecureContext(this.#certificateAuthorities ? { ca: [...rootCertificates, this.#certificateAuthorities] } : {});
    const options: ConnectionOptions & { onread: OnReadOpts } = {
      host, port, onread, secureContext: identity?.context ?? this.#secureContext, ALPNProtocols: ["http/1.1"],
      // RFC 6066 §3: an address is no server name.
      ...(identity?.serverName ? { servername: identity.serverName } : isIP(host) ? {} : { servername: host }),
      ...(session ? { session } : {}),
    };
    return connectTls(options).setNoDelay(true);
  }
}
