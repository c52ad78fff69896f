/** What Node refuses before there is a request, or without asking: it would answer in a bare status line, without a code and a way out. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { RequestError } from "@hono/node-server";
import { problemResponse, refusalOf } from "../api/problem-response.ts";
import { refuseConnection } from "./refuse-connection.ts";

/** Of Node's parser, which says in `reason` which rule is broken, and of Node's timers. */
interface ClientError extends Error {
  code?: string;
  reason?: string;
}

export function refuseMalformed(server: Pick<Server, "on">): void {
  const latest = new WeakMap<object, ServerResponse>();
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => void latest.set(socket, response));
  server.on("clientError", (error: ClientError, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable || !isFree(latest.get(socket), socket)) return void socket.destroy();
    refuseConnection(socket, clientRefusal(error));
  });
  server.on("checkExpectation", ({ socket }: IncomingMessage) => refuseConnection(socket, { code: "malformed-request", status: 417, detail: "The Expect field asks for something else than 100-continue." }));
  server.on("connect", (_request: IncomingMessage, socket: Socket) => refuseConnection(socket, { code: "malformed-request", detail: "CONNECT asks for a tunnel, and there are none here." }));
}

/** For what the adaptor makes no request of. An operation answers its own failures. */
export function unanswered(error: unknown): Response {
  return problemResponse(error instanceof RequestError ? { code: "malformed-request", detail: `The request's target or its Host field cannot be read: ${error.message}.` } : refusalOf(error), "");
}

/** Nothing of an answer would stand before the refusal. Of pipelined requests the latest has the socket only once those before it are answered. */
function isFree(response: ServerResponse | undefined, socket: Socket): boolean {
  return response === undefined || response.writableFinished || (response.socket === socket && !response.headersSent);
}

function clientRefusal({ code, reason }: ClientError): Refusal {
  if (code === "HPE_HEADER_OVERFLOW") return { code: "headers-too-large", detail: "The header section is larger than 16 KiB.", fix: "Send fewer or shorter header fields (cookies are the usual cause)." };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { code: "request-timeout", detail: "The request did not arrive in time.", fix: "Send the request without pauses." };
  return { code: "malformed-request", detail: `The request is not valid HTTP/1.1${reason === undefined ? "" : `: ${reason}`}.` };
}
