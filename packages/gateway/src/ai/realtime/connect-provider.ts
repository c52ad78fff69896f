/** Opens a WebSocket at a provider as far as its answer to the upgrade. It speaks by itself: a switched connection is no longer HTTP. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { OutgoingRequest } from "../../upstreams/transport.ts";

export type Connected =
  | { kind: "switched"; answer: IncomingMessage; socket: Socket; head: Buffer }
  | { kind: "refused"; status: number; rawHeaders: readonly string[]; body: Buffer }
  | { kind: "failed"; notSent: boolean; detail: string };

/** A refusal past this is cut off. */
const maxBodyBytes = 64 * 1024;

export function connectProvider(request: OutgoingRequest, gone: (stop: () => void) => void): Promise<Connected> {
  const url = new URL(request.origin);
  const { connectMs, firstByteMs } = request.timeouts;
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const upgrading = send({ host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port || (url.protocol === "https:" ? 443 : 80), method: "GET", path: request.path, headers: request.rawHeaders, agent: false, timeout: connectMs });
    let connected = false;
    gone(() => upgrading.destroy());
    upgrading.once("socket", (socket) => socket.once("connect", () => ((connected = true), socket.setTimeout(firstByteMs))));
    upgrading.once("upgrade", (answer, socket, head) => resolve({ kind: "switched", answer, socket: socket as Socket, head }));
    upgrading.once("response", (answer) => void readRefusal(answer).then(resolve));
    upgrading.once("timeout", () => upgrading.destroy(new Error("no answer in time")));
    upgrading.once("error", (error) => resolve({ kind: "failed", notSent: !connected, detail: error.message }));
    upgrading.end();
  });
}

async function readRefusal(answer: IncomingMessage): Promise<Connected> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBodyBytes) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    // What came is told.
  }
  return { kind: "refused", status: answer.statusCode ?? 502, rawHeaders: answer.rawHeaders, body: Buffer.concat(chunks) };
}
