/** The sockets that clients connect to: accepts them, over TLS where there are certificates, and keeps the connections of HTTP/1.1. */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createSecureServer, type TLSSocket } from "node:tls";
import type { ServerCertificates } from "../../certificates/index.ts";
import { Deadlines } from "../../exchange/deadlines.ts";
import { TurnEnd } from "../../http1/turn-end.ts";
import { type Connection, newConnection } from "../connection.ts";
import { SocketAdopter, watch } from "./accepted-socket.ts";
import { FieldNames } from "./field-map.ts";
import { HttpDate } from "./http-date.ts";
import type { ConnectionHost } from "./connection-host.ts";
import { InboundConnection } from "./inbound-connection.ts";
import type { TrustedProxies } from "../client-address.ts";

export interface DoorPorts extends Pick<ConnectionHost, "limits" | "isDraining" | "begin" | "refused"> {
  trustedProxies(): TrustedProxies;
  unixMs: () => number;
  /** A connection of HTTP/2, from its first byte on. */
  enterHttp2(socket: Socket, about: Connection): void;
}

export class Http1Door {
  readonly #ports: DoorPorts;
  readonly #host: ConnectionHost;
  readonly #server: Server;
  readonly #adopter = new SocketAdopter();
  readonly #deadlines = new Deadlines();
  readonly #connections = new Set<InboundConnection>();

  constructor(ports: DoorPorts, certificates: ServerCertificates | null) {
    this.#ports = ports;
    this.#host = {
      turn: new TurnEnd(),
      deadlines: this.#deadlines,
      names: new FieldNames(),
      date: new HttpDate(ports.unixMs),
      limits: () => ports.limits(),
      isDraining: () => ports.isDraining(),
      begin: (connection, head, body) => ports.begin(connection, head, body),
      refused: (connection, refusal) => ports.refused(connection, refusal),
      preface: (connection, socket) => ports.enterHttp2(socket, connection.about),
      left: (connection) => {
        this.#deadlines.remove(connection);
        this.#connections.delete(connection);
      },
    };
    this.#server = certificates === null ? this.#plainServer() : this.#secureServer(certificates);
  }

  /** Resolves with the port. */
  listen(options: { host: string; port: number; reusePort: boolean }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...options, backlog: 4096 }, () => {
        this.#server.off("error", reject);
        resolve((this.#server.address() as { port: number }).port);
      });
    });
  }

  /** Takes no new connections. Resolves once the port is free. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Ends the connections on which nothing is under way. */
  endIdle(): void {
    for (const connection of this.#connections) connection.endIfIdle();
  }

  destroy(): void {
    for (const connection of this.#connections) connection.socket.destroy();
    this.#deadlines.close();
  }

  #plainServer(): Server {
    return createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (accepted) => {
      const about = newConnection(this.#ports.trustedProxies().peer(accepted.remoteAddress ?? ""));
      const connection = this.#open(about);
      connection.attach(this.#adopter.adopt(accepted, connection.onRead));
    });
  }

  #secureServer(certificates: ServerCertificates): Server {
    const server = createSecureServer({ ...certificates.options(), noDelay: true }, (socket: TLSSocket) => {
      const about = newConnection(this.#ports.trustedProxies().peer(socket.remoteAddress ?? "", { secure: true, certificate: certificates.shownBy(socket) }));
      if (socket.alpnProtocol === "h2") return this.#ports.enterHttp2(socket, about);
      const connection = this.#open(about);
      connection.attach(watch(socket, connection.onRead));
    });
    certificates.serve(server);
    return server;
  }

  #open(about: Connection): InboundConnection {
    const connection = new InboundConnection(this.#host, about);
    this.#connections.add(connection);
    this.#deadlines.add(connection);
    return connection;
  }
}
