/** Passes interim answers on: 103 (RFC 8297) and whatever else an upstream says, except 101 and our own 100. */
import { STATUS_CODES, type ServerResponse } from "node:http";

export function sendInformational(response: ServerResponse, status: number, rawHeaders: readonly string[]): void {
  // HTTP/1.0 has none (RFC 9110 §15.2), and after the final head there can be none.
  if (status === 100 || status === 101 || response.headersSent || response.req.httpVersionMinor === 0) return;
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  // Before the head nothing of this answer is on the socket, and with pipelining a later answer has no socket yet.
  response.socket?.write(`${head}\r\n`, "latin1");
}
