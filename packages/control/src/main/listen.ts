/** The admin port's server: limits on slow and large requests, and an end that lets requests in flight finish. */
import { createAdaptorServer } from "@hono/node-server";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StartError } from "./start-error.ts";

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

const drainMs = 5_000;

export async function listen(fetch: Fetch, place: { host: string; port: number }): Promise<HttpServer> {
  const server = createAdaptorServer({
    fetch, overrideGlobalObjects: false,
    serverOptions: { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(startError(error, place)));
    server.listen(place.port, place.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
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
