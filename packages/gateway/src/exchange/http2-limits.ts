/**
 * What both halves of HTTP/2 tell node:http2 of a session, whose own bounds are those of a single small application.
 */

/**
 * How much of a body may be on its way before its reader has taken any of it: with the protocol's own 64 KiB a distant
 * peer sends that much a round trip (RFC 9113 §5.2). It is also what a stream that nobody reads may hold in memory. Over
 * all streams there is no other bound than on the number of calls: a service's `concurrent` limit.
 */
export const streamWindowBytes = 512 * 1024;

/** Of all streams of a session together. node:http2 gives it back as bytes arrive, so a stream that nobody reads holds up no other. */
export const sessionWindowBytes = 1024 * 1024;

/**
 * None in effect. What waits to be written counts, and past it node:http2 resets every stream of the session to which a
 * header section comes: other calls, and answers to calls that were sent. What may wait is bounded where it is read: by
 * the limits of bodies, the number of streams, and the time that a peer may take nothing.
 */
export const sessionMemoryMegabytes = 100_000;
