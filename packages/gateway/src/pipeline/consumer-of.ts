/**
 * Hot path (benchmarks: http, scale). The consumer of who calls. A key remembers it while it is in force: among ten thousand
 * names a search looks at several places in memory that are in no cache.
 */
import type { Caller } from "../exchange/exchange.ts";
import type { KnownConsumer, KnownKey, PipelinePorts } from "./route-plan.ts";

export function consumerOf(caller: Caller & Partial<Pick<KnownKey, "known">>, ports: Pick<PipelinePorts, "findConsumer">): KnownConsumer | undefined {
  const { known } = caller;
  if (known !== undefined && known.isReplaced !== true) return known;
  return (caller.known = ports.findConsumer(caller.consumer));
}
