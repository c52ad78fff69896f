/** Refusals of calls on the gateway's port. */
import type { ProblemEntry } from "./entry.ts";

export const callProblems = {
  "unknown-route": {
    status: 404,
    title: "No service has this path",
    cause: "The path of the request belongs to no published service and to none of the AI endpoints.",
    fix: "Compare the path with the service's `path`; the answer names the nearest one.",
    example: "curl http://127.0.0.1:8080/notes/7 -H \"Authorization: Bearer $PARLEY_KEY\"",
  },
  "method-not-allowed": {
    status: 405,
    title: "The endpoint does not have this method",
    cause: "The path exists, but not with this method.",
    fix: "Use one of the methods in the Allow header.",
  },
  "missing-key": {
    status: 401,
    title: "The call carries no key",
    cause: "The service asks for a key, and none came in Authorization: Bearer, x-api-key or x-goog-api-key.",
    fix: "Send a key of a consumer in the Authorization header.",
    example: "curl -H \"Authorization: Bearer $PARLEY_KEY\" …",
  },
  "unknown-key": {
    status: 401,
    title: "The key is unknown, expired or revoked",
    cause: "No consumer has this key (any more).",
    fix: "Create a new key for the consumer in the console under Consumers, and use that.",
  },
  "not-allowed": {
    status: 403,
    title: "The consumer may not call this service",
    cause: "The key is good, but its consumer's `access` does not list this service.",
    fix: "Ask whoever runs this gateway to add the service to the consumer's `access`.",
  },
  "missing-token": {
    status: 401,
    title: "The call carries no token",
    cause: "The service asks for a JSON web token, and none came in Authorization: Bearer.",
    fix: "Get a token from the service's issuer and send it in the Authorization header.",
    example: "curl -H \"Authorization: Bearer $TOKEN\" …",
  },
  "invalid-token": {
    status: 401,
    title: "The token is not accepted",
    cause: "The JSON web token is not signed by a key of the issuer, is for another audience or of another issuer, is not valid at this time, or names no consumer.",
    fix: "Compare what the answer says with the token's claims and with the service's `jwt` settings, and get a fresh token.",
  },
  "token-keys-unavailable": {
    status: 503,
    title: "Tokens cannot be verified now",
    cause: "The issuer's public keys (`jwt.jwks`) cannot be fetched, and none are known from before.",
    fix: "Try again in a few seconds. Whoever runs this gateway checks that it reaches the address of `jwt.jwks`.",
  },
  "access-method-unavailable": {
    status: 403,
    title: "The service's way of access is not available",
    cause: "The service asks for `access: mtls`, which this release cannot verify. It is refused rather than let in.",
    fix: "Whoever runs this gateway sets the service's `access` to key.",
  },
  "rate-limited": {
    status: 429,
    title: "The request limit is used up",
    cause: "The consumer made more requests than its limit allows for the period.",
    fix: "Wait as long as Retry-After says, or ask for a higher limit.",
  },
  "too-many-concurrent": {
    status: 429,
    title: "Too many calls at the same time",
    cause: "The consumer has as many calls in flight as its `concurrent` limit allows.",
    fix: "Wait until one of them has ended, or ask for a higher limit.",
  },
  "body-too-large": {
    status: 413,
    title: "The request body is too large",
    cause: "The body is larger than the gateway's `limits.bodyBytes`.",
    fix: "Send less at a time, or raise gateway.limits.bodyBytes.",
  },
  "headers-too-large": {
    status: 431,
    title: "The request's header fields are too large",
    cause: "The header section is larger than the gateway's `limits.headerBytes`.",
    fix: "Send fewer or shorter header fields (cookies are the usual cause), or raise gateway.limits.headerBytes.",
  },
  "request-timeout": {
    status: 408,
    title: "The request did not arrive in time",
    cause: "The header section or the body came more slowly than the gateway's limits allow.",
    fix: "Send the request without pauses, or raise gateway.limits.headersTimeout or idleTimeout.",
  },
  "malformed-request": {
    status: 400,
    title: "The request is not valid HTTP",
    cause: "The request line, a header field or the framing of the body breaks RFC 9112.",
    fix: "Look at what the client or a proxy before the gateway really sends.",
  },
  "ambiguous-length": {
    status: 400,
    title: "The request has both Content-Length and Transfer-Encoding",
    cause: "Two framings in one request are how requests are smuggled past a proxy (RFC 9112 §6.3), so it is refused.",
    fix: "Send one of the two.",
  },
  "upstream-unreachable": {
    status: 502,
    title: "The upstream could not be reached",
    cause: "No connection to any of the service's targets could be made.",
    fix: "Check that the upstream runs and that the target's URL is right.",
  },
  "upstream-timeout": {
    status: 504,
    title: "The upstream did not answer in time",
    cause: "The connection stood, but no answer began within `timeouts.firstByte`.",
    fix: "Look why the upstream is slow, or raise the service's upstream.timeouts.firstByte.",
  },
  "upstream-broken": {
    status: 502,
    title: "The upstream broke off or did not speak HTTP",
    cause: "The upstream closed the connection before an answer began, or sent something that is no HTTP answer. Whether it acted on the request is unknown.",
    fix: "Look at the upstream's own log for this call's time.",
  },
  draining: {
    status: 503,
    title: "The gateway is shutting down",
    cause: "The gateway ends the calls in flight and takes no new ones.",
    fix: "Repeat the call after the time in Retry-After.",
  },
  "internal-error": {
    status: 500,
    title: "The gateway failed",
    cause: "A fault in the gateway itself. The log has it under the call's id.",
    fix: "Report it with the call's id.",
  },
} as const satisfies Record<string, ProblemEntry>;
