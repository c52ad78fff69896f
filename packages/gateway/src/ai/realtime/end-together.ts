/** How both ends of a realtime connection end: either side's end is the other's, since a WebSocket that is half closed says nothing any more. */
import type { Socket } from "node:net";
import type { Exchange } from "../../exchange/exchange.ts";

/** What was said last arrives in this time, or nobody waits for it. */
const partingMs = 10_000;
/** A client whose network is gone says no end: its machine is asked. */
const askedAfterMs = 30_000;

export function endTogether({ record }: Exchange, client: Socket, provider: Socket): void {
  provider.setTimeout(0);
  for (const socket of [client, provider]) socket.setKeepAlive(true, askedAfterMs);
  client.on("error", () => provider.destroy());
  // Not before all that the client said is out.
  client.on("end", () => part(provider, () => provider.destroySoon()));
  client.on("close", () => part(provider, () => provider.destroySoon()));
  provider.on("error", () => {
    record.cutBy ??= "upstream";
    client.destroy();
  });
  provider.on("close", () => {
    part(client, () => client.end());
    // Whatever the client still says, nobody hears it any more; unread, it would hide the client's own end.
    client.resume();
  });
}

function part(socket: Socket, end: () => void): void {
  if (socket.destroyed) return;
  end();
  const timer = setTimeout(() => socket.destroy(), partingMs).unref();
  socket.once("close", () => clearTimeout(timer));
}
