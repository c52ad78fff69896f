/** The admin port's server: limits on slow and large requests, and an end that lets requests in flight finish. */
import { getRequestListener } from "@hono/node-server";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server as NetServer } from "node:net";
import type { AdminCertificate } from "./admin-certificate.ts";
import { refuseMalformed, unanswered } from "./malformed-requests.ts";
import { StartError } from "./start-error.ts";
import { tlsOnly } from "./tls-only.ts";

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

type Fetch = Parameters<typeof getRequestListener>[0];

const drainMs = 5_000;
const limits = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384, requireHostHeader: false };

/** With a certificate it speaks HTTPS and nothing else. */
export async function listen(fetch: Fetch, place: { host: string; port: number }, certificate: AdminCertificate | null = null): Promise<HttpServer> {
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: unanswered });
  const answered: RequestListener = (request, response) => void answer(request, response);
  if (certificate === null) {
    const server = createHttpServer(limits, answered);
    refuseMalformed(server);
    return serve(server, server, place);
  }
  const secure = createHttpsServer({ ...limits, ...certificate.options() }, answered);
  refuseMalformed(secure);
  certificate.keepUp(secure);
  return serve(tlsOnly(secure), secure, place);
}

/** `front` takes the connections, `server` the requests on them. */
async function serve(front: NetServer, server: Pick<Server, "closeIdleConnections" | "closeAllConnections">, place: { host: string; port: number }): Promise<HttpServer> {
  await new Promise<void>((resolve, reject) => {
    front.once("error", (error: NodeJS.ErrnoException) => reject(startError(error, place)));
    front.listen(place.port, place.host, resolve);
  });
  return { port: (front.address() as AddressInfo).port, close: () => close(front, server) };
}

async function close(front: NetServer, server: Pick<Server, "closeIdleConnections" | "closeAllConnections">): Promise<void> {
  const closed = new Promise<void>((resolve) => front.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}

function startError(error: NodeJS.ErrnoException, place: { host: string; port: number }): Error {
  if (error.code === "EADDRINUSE") return new StartError("port-in-use", `the admin port ${place.port} is taken`, { cause: error });
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL") return new StartError("port-in-use", `${place.host}:${place.port} cannot be listened on: ${error.message}`, { cause: error });
  return error;
}
