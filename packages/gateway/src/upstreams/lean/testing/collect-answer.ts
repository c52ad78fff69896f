/** For tests: sends a request and collects what the transport says, in order. */
import type { OutgoingRequest, Sending, Transport, TransportFailure } from "../../transport.ts";

export interface Collected {
  heads: { status: number; rawHeaders: string[]; statusText: string }[];
  body: string;
  trailers: string[] | null;
  failure: TransportFailure | null;
}

export interface Collecting {
  sending: Sending;
  collected: Collected;
  /** Settles at `end` or `failure`, and rejects if anything follows. */
  over: Promise<Collected>;
  /** Settles when the final head has come. */
  begun: Promise<void>;
  /** While true, `data` asks to pause. */
  pausing: boolean;
}

const timeouts = { connectMs: 2_000, firstByteMs: 5_000, idleMs: 5_000 };

export function collect(transport: Transport, request: Partial<OutgoingRequest> & Pick<OutgoingRequest, "origin">): Collecting {
  const collected: Collected = { heads: [], body: "", trailers: null, failure: null };
  const over = Promise.withResolvers<Collected>();
  const begun = Promise.withResolvers<void>();
  const collecting: Collecting = { sending: null as unknown as Sending, collected, over: over.promise, begun: begun.promise, pausing: false };
  const ended = () => collected.trailers !== null || collected.failure !== null;
  const check = (what: string) => {
    if (collecting.sending === null) throw new Error(`${what} before send returned`);
    if (ended()) throw new Error(`${what} after the end`);
  };
  collecting.sending = transport.send(
    { method: "GET", path: "/", rawHeaders: ["Host", "upstream"], body: null, timeouts, ...request },
    {
      head(status, rawHeaders, statusText) {
        check("head");
        collected.heads.push({ status, rawHeaders, statusText });
        if (status >= 200) begun.resolve();
      },
      data(chunk) {
        check("data");
        collected.body += chunk.toString("latin1");
        return !collecting.pausing;
      },
      end(trailers) {
        check("end");
        collected.trailers = trailers;
        over.resolve(collected);
      },
      failure(failure) {
        check("failure");
        collected.failure = failure;
        over.resolve(collected);
      },
    },
  );
  return collecting;
}
