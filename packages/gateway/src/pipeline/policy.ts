/**
 * The one contract of all policies, with three lifetimes: defined once (name), compiled for a route whenever its
 * configuration changes (`open`, `create`), and run for every call (`Handler`). A policy wraps the handler after it: it may answer
 * itself, change the exchange, wrap the sink, or call the next handler later or several times. Routes whose policies are alike
 * share the handlers.
 */
import type { AnswerSink } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { RouteParts } from "./route-parts.ts";

/** Answers the exchange into the sink. A rejection or an exception is a bug and is answered with `internal-error`. */
export type Handler = (exchange: Exchange, sink: AnswerSink) => void | Promise<void>;

export interface Policy<Configuration, Ports> {
  name: string;
  /** Under which name its time stands in a call's record; without one it takes none worth telling. */
  stage?: string;
  /**
   * All that the handler knows of its configuration by itself, as a text, empty where nothing needs to be done; what else it needs it finds
   * by `routeOf`. Null where the handler is one route's alone.
   */
  sharedAs(configuration: Configuration): string | null;
  /** What is the route's own, whether its handler is shared or not. */
  open?(configuration: Configuration, ports: Ports): Partial<RouteParts>;
  /** Null when this configuration needs nothing done, so that it costs nothing. For a shared handler it is called once for all its routes. */
  create(configuration: Configuration, ports: Ports): ((next: Handler) => Handler) | null;
}
