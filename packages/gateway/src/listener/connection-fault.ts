/** What is answered where there is no request to answer: bytes that are no HTTP, too large or too slow a header section. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { problemShape } from "../exchange/problem-shape.ts";
import type { Refusal } from "@parley/contract/problems/problem";

export function refusalOfFault(error: NodeJS.ErrnoException & { reason?: string }, headerBytes: number): Refusal {
  const { code = "", reason } = error;
  if (code === "HPE_HEADER_OVERFLOW") return { code: "headers-too-large", detail: `The header section is larger than ${headerBytes} bytes.` };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { code: "request-timeout", detail: "The header section did not arrive in time." };
  if (isAmbiguous(reason)) return { code: "ambiguous-length", detail: "The request has both Content-Length and Transfer-Encoding." };
  return { code: "malformed-request", detail: `The request is not valid HTTP/1.1${reason ? `: ${reason}` : ""}.` };
}

/** llhttp's words for two framings in one request. */
function isAmbiguous(reason: string | undefined): boolean {
  return reason !== undefined && /content-length can't be present with|transfer-encoding can't be present with/i.test(reason);
}

/** Writes the whole answer by hand and ends the connection. */
export function answerFault(socket: Socket, refusal: Refusal, callId: string): number {
  const { status, rawHeaders, body } = problemShape.answer({ id: callId, path: "", baseUrl: "" }, refusal);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nDate: ${new Date().toUTCString()}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${head}Parley-Call-Id: ${callId}\r\nConnection: close\r\n\r\n`, "latin1"), body]));
  return status;
}
