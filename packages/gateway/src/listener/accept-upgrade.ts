/** Switches a connection: writes the 101 by hand and takes the socket out of HTTP's reach. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface AcceptInput {
  response: ServerResponse;
  socket: Socket;
  /** What the client sent after its header section already. */
  head: Buffer;
  rawHeaders: readonly string[];
  callId: string;
}

export function acceptUpgrade({ response, socket, head, rawHeaders, callId }: AcceptInput): Socket {
  response.detachSocket(socket);
  // Tunnels may be silent for as long as they like; their ends decide.
  socket.setTimeout(0);
  let answer = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let index = 0; index < rawHeaders.length; index += 2) answer += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  socket.write(`${answer}Parley-Call-Id: ${callId}\r\n\r\n`, "latin1");
  if (head.length > 0) socket.unshift(head);
  return socket;
}
