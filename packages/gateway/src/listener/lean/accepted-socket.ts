/**
 * Hot path (benchmarks: http). Sockets that hand what they read over as it is. net.Server makes its sockets itself and
 * gives each read a buffer of its own; a socket made anew over the same handle reads into one buffer that all share, as
 * every read is digested before the next one begins. An open connection that says nothing then holds no buffer.
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";

/** Node keeps what is below a socket under this name, for itself and for TLS. */
interface Handled {
  _handle?: { readonly writeQueueSize?: number } | null;
  /** Of a socket over TLS: the one that it stands on. */
  _parent?: Socket | null;
}

const readBufferBytes = 64 * 1024;

export type OnRead = (bytes: Buffer) => boolean;

export class SocketAdopter {
  #buffer = Buffer.allocUnsafeSlow(readBufferBytes);

  /** `onRead` returns false to pause. The bytes are only good until it returns. The socket given must be paused, and is used up. */
  adopt(accepted: Socket, onRead: OnRead): Socket {
    const { _handle: handle } = accepted as Handled;
    if (!handle) return watch(accepted, onRead);
    (accepted as Handled)._handle = null;
    // Takes it off the server's count, too: whoever adopts it counts.
    accepted.destroy();
    const buffer = this.#buffer;
    const onread: OnReadOpts = { buffer, callback: (length) => onRead(buffer.subarray(0, length)) };
    return new Socket({ handle, allowHalfOpen: true, onread } as SocketConstructorOpts);
  }
}

/** For sockets over TLS, whose bytes come from its decryption. */
export function watch(socket: Socket, onRead: OnRead): Socket {
  return socket.on("data", (bytes: Buffer) => {
    if (!onRead(bytes)) socket.pause();
  });
}

/** From here on it is read as any socket is, from what comes next; for whoever takes it over. */
export function makeReadable(socket: Socket): void {
  socket.removeAllListeners("data");
  // As before anybody had read from it.
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
}

/**
 * Ends the connection so that nobody takes what came for the whole. Over TLS it is reset below: clients hardly tell an end
 * without TLS's closing words from one with them.
 */
export function resetConnection(socket: Socket, isSecure: boolean): void {
  if (!isSecure) return void socket.resetAndDestroy();
  (socket as Handled)._parent?.resetAndDestroy();
  socket.destroy();
}

/** What the kernel has not taken yet; changes while a slow client reads. */
export function unsentBytes(socket: Socket): number {
  return (socket as Handled)._handle?.writeQueueSize ?? 0;
}
