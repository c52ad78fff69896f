/** Sessions of HTTP/2: their limits, their idleness, and their streams, which it hands on as calls. */
import { constants, createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { isGrpc } from "../../exchange/grpc.ts";
import { sessionMemoryMegabytes, sessionWindowBytes, streamWindowBytes } from "../../exchange/http2-limits.ts";
import type { Call } from "../call.ts";
import type { ListenerLimits } from "../call-destination.ts";
import type { Connection } from "../connection.ts";
import { slowBody } from "../slow-body.ts";
import type { StreamSink } from "./stream-sink.ts";
import { streamHead, type StreamHead } from "./stream-head.ts";

export interface OpenedStream {
  stream: ServerHttp2Stream;
  connection: Connection;
  head: StreamHead;
  headers: IncomingHttpHeaders;
}

export interface DoorPorts {
  limits(): ListenerLimits;
  /** Null where the request was for the gateway itself. */
  begin(opened: OpenedStream): { call: Call; sink: StreamSink } | null;
}

const streamsAtOnce = 250;

export class Http2Door {
  readonly #ports: DoorPorts;
  readonly #server: Http2Server;
  readonly #sessions = new Map<ServerHttp2Session, Connection>();
  #entering: Connection | null = null;
  #draining = false;

  constructor(ports: DoorPorts) {
    this.#ports = ports;
    this.#server = createServer({ maxSessionMemory: sessionMemoryMegabytes, settings: { maxConcurrentStreams: streamsAtOnce, enablePush: false, initialWindowSize: streamWindowBytes } });
    this.#server.on("session", (session) => this.#opened(session));
    this.#server.on("stream", (stream, headers, flags, rawHeaders) => this.#stream(stream, { headers, flags, rawHeaders: rawHeaders as unknown as string[] }));
    this.#server.on("sessionError", () => {});
  }

  enter(socket: Duplex, connection: Connection): void {
    // The session opens within.
    this.#entering = connection;
    this.#server.emit("connection", socket);
    this.#entering = null;
  }

  /** Says to all clients that nothing new is taken; what is under way goes on. */
  drain(): void {
    this.#draining = true;
    for (const session of this.#sessions.keys()) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #opened(session: ServerHttp2Session): void {
    const connection = this.#entering;
    if (connection === null) return session.destroy();
    this.#sessions.set(session, connection);
    const { headerBytes, idleTimeoutMs } = this.#ports.limits();
    session.settings({ maxConcurrentStreams: streamsAtOnce, maxHeaderListSize: headerBytes });
    session.setLocalWindowSize(sessionWindowBytes);
    session.setTimeout(idleTimeoutMs, () => {
      if (connection.inFlight === 0) session.close();
    });
    session.once("close", () => this.#sessions.delete(session));
    session.on("error", () => {});
    if (this.#draining) session.close();
  }

  #stream(stream: ServerHttp2Stream, { headers, flags, rawHeaders }: { headers: IncomingHttpHeaders; flags: number; rawHeaders: string[] }): void {
    const { session } = stream;
    const connection = session && this.#sessions.get(session as ServerHttp2Session);
    if (!connection) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const begun = this.#ports.begin({ stream, connection, head: streamHead(headers, rawHeaders), headers });
    if (begun === null) return;
    const limits = this.#ports.limits();
    stream.setTimeout(limits.idleTimeoutMs, () => idled(stream, begun));
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) stream.resume();
    else if (limits.idleTimeoutMs > 0 && !isGrpc(begun.call.exchange)) lookAtBody(stream, begun.call, limits);
  }
}

/** A gRPC stream may be as slow as its ends like. */
function lookAtBody(stream: ServerHttp2Stream, call: Call, limits: ListenerLimits): void {
  const looking = setInterval(() => {
    const slow = slowBody(call.exchange.body, limits);
    if (slow !== null) call.breakOff(slow);
  }, limits.idleTimeoutMs);
  stream.once("close", () => clearInterval(looking));
}

/** Who is waited for: the client's body, the client's reading, or, with limits of its own, the upstream. */
function idled(stream: ServerHttp2Stream, { call, sink }: { call: Call; sink: StreamSink }): void {
  // A gRPC stream may be silent for as long as its ends like.
  if (call.exchange.body.isAwaited && !isGrpc(call.exchange)) call.breakOff({ code: "request-timeout", detail: "The body of the request stopped coming." });
  else if (sink.isBlocked) stream.close(constants.NGHTTP2_CANCEL);
}
