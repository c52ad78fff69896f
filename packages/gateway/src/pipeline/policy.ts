/**
 * The one contract of all policies, with three lifetimes: defined once (name), compiled for a route whenever its
 * configuration changes (`create`), and run for every call (`Handler`). A policy wraps the handler after it: it may answer
 * itself, change the exchange, wrap the sink, or call the next handler later or several times.
 */
import type { AnswerSink } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";

/** Answers the exchange into the sink. A rejection or an exception is a bug and is answered with `internal-error`. */
export type Handler = (exchange: Exchange, sink: AnswerSink) => void | Promise<void>;

export interface Policy<Configuration, Ports> {
  name: string;
  /** Under which name its time stands in a call's record; without one it takes none worth telling. */
  stage?: string;
  /** Null when this configuration needs nothing done, so that it costs nothing. */
  create(configuration: Configuration, ports: Ports): ((next: Handler) => Handler) | null;
}
