/**
 * gRPC over HTTP/2: what tells its calls from others, and a refusal as its clients read one: an answer without a body that
 * has the status among its fields (the protocol's "Trailers-Only"), whatever the HTTP status would have been.
 */
import type { Exchange } from "./exchange.ts";
import { statusOf } from "./problem-shape.ts";
import type { RefusalShape } from "./refusal-shape.ts";

/**
 * `application/grpc` and `application/grpc+proto`, but not gRPC-Web, which is ordinary HTTP. The protocol knows POST alone: by its media
 * type no other method gets past what looks after resources.
 */
export function isGrpc({ method, headers }: Pick<Exchange, "method" | "headers">): boolean {
  const type = headers["content-type"];
  return method === "POST" && type !== undefined && type.startsWith("application/grpc") && (type.length === 16 || type.charCodeAt(16) === 43 || type.charCodeAt(16) === 59);
}

/** Status codes of gRPC, by the HTTP status that the refusal has otherwise. */
const codes: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 404: 12, 405: 12, 408: 4, 409: 10, 412: 9, 413: 8, 423: 9, 428: 9, 429: 8, 431: 8, 500: 13, 501: 12, 502: 14, 503: 14, 504: 4 };
const unknown = 2;

export const grpcShape: RefusalShape = {
  answer(_call, refusal) {
    const code = codes[statusOf(refusal)] ?? unknown;
    const message = encodeURIComponent(`${refusal.detail} (${refusal.code})`).replaceAll("%20", " ");
    return { status: 200, rawHeaders: ["Content-Type", "application/grpc", "grpc-status", String(code), "grpc-message", message], body: Buffer.alloc(0) };
  },
};
