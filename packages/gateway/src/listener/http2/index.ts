/**
 * HTTP/2 (RFC 9113) of clients: over TLS by ALPN, and in the clear where a client begins with it. Every stream becomes a
 * call like any other. Hides sessions, streams and their fields; imports the listener's own parts and the exchange.
 */
export { Http2Door, type OpenedStream } from "./door.ts";
export { StreamSink } from "./stream-sink.ts";
export { bodyOfStream } from "./stream-body.ts";
export { sendPage } from "./stream-page.ts";
