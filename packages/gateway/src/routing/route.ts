/** Where a call goes: what the matcher finds and the listener runs. Made when a snapshot is compiled, and filled in then or at the first call; never changed after it. */
import type { RefusalShape } from "../exchange/refusal-shape.ts";
import type { Handler } from "../pipeline/policy.ts";
import type { RouteParts } from "../pipeline/route-parts.ts";

export interface Route extends RouteParts {
  readonly kind: "http" | "ai";
  /** The whole pipeline, of this route alone or of many: a call brings its route along. */
  readonly handler: Handler;
  readonly shape: RefusalShape;
  /** Until the first call, where it is compiled then. */
  readonly waits: boolean;
  /** Ends what works for the route beside its calls. Calls under way go on. */
  readonly close: (() => void) | null;
}

type Given = Pick<Route, "service" | "handler" | "shape"> & Partial<Route>;

/** All are made here: the engine reads what has one form quickest. */
export function newRoute({ service, kind = "http", handler, shape, upstream = null, observed = null, waits = false, close = null }: Given): Route {
  return { service, handler, observed, upstream, book: null, counts: null, kind, shape, waits, close };
}
