/**
 * HTTP/1.1 of clients (RFC 9112), over TCP and over TLS: reads requests strictly, one after the other on a connection,
 * and writes their answers with as little work as their bytes ask for. Hides sockets, parsing, framing and time limits of
 * connections; it may import the wire's own parts in http1/, the exchange, and the listener's own parts.
 */
export { Http1Door } from "./door.ts";
export { AnswerSink } from "./answer-sink.ts";
export { AnswerWriter } from "./answer-writer.ts";
export type { InboundConnection } from "./inbound-connection.ts";
export type { InboundHead } from "./request-head.ts";
