/** One small request over the transport whose whole answer is wanted, for the gateway's own questions to providers. */
import type { OutgoingRequest, Sending, Transport } from "../../upstreams/transport.ts";

/** Null where no complete answer came within the time and the size. Never rejects. */
export function fetchBody(transport: Transport, request: OutgoingRequest, limits: { maxBytes: number; withinMs: number }): Promise<{ status: number; body: Buffer } | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    const settle = (answer: { status: number; body: Buffer } | null): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const sending: Sending = transport.send(request, {
      head: (value) => void (status = value),
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > limits.maxBytes) sending.abort();
        else chunks.push(chunk);
        return true;
      },
      end: () => settle({ status, body: Buffer.concat(chunks) }),
      failure: () => settle(null),
    });
    const timer = setTimeout(() => sending.abort(), limits.withinMs);
  });
}
