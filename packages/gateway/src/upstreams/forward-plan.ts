/** What forwarding to one upstream needs, decided when the snapshot is compiled. */
import type { Priority } from "@parley/contract/config/consumer";
import type { Upstream } from "@parley/contract/config/upstream";
import type { ClientIdentities, ClientIdentity } from "../certificates/index.ts";
import { startChecks } from "./balance/active-checks.ts";
import type { Candidate } from "./balance/candidate.ts";
import { compileBalancer, type Balancer, type BalancerPorts } from "./balance/balancer.ts";
import { HedgePlan } from "./hedge/hedge-plan.ts";
import type { MirrorBook } from "./mirror/mirror-book.ts";
import { subsetOf } from "./balance/subset.ts";
import type { RouteParts } from "../pipeline/route-parts.ts";
import type { Credentials } from "./request-fields.ts";
import { RetryPlan } from "./retry.ts";
import type { RequestRewrite } from "./rewrite.ts";
import type { Saturation } from "./saturation/saturation.ts";
import type { SaturationBook } from "./saturation/saturation-book.ts";
import { compileTarget, type Target } from "./target.ts";
import type { OutgoingRequest, Transport } from "./transport.ts";

export interface ForwardPlan {
  targets: readonly Target[];
  balancer: Balancer;
  timeouts: OutgoingRequest["timeouts"];
  retry: RetryPlan;
  /** Null where no call is sent a second time while the first is under way. */
  hedge: HedgePlan | null;
  /** So many characters at the beginning of what is below the service's path are not for the upstream. */
  takenOff: number;
  /** The service's, "" for the root: where the upstream's addresses are for clients. Null where they get them as the upstream says them. */
  servicePath: string | null;
  /** Null where a request goes on as it came. */
  rewrite: RequestRewrite | null;
  credentials: Credentials | null;
  /** Null where as many calls may be at the upstream as come. */
  saturation: Saturation | null;
  /** Null where nothing is configured for TLS. */
  identity: ClientIdentity | null;
  protocol: "http1" | "http2";
}

/** A service's own upstream, and what works for it beside its calls. */
export interface Upstreams {
  plan: ForwardPlan;
  close(): void;
}

export interface ForwardPorts {
  transport: Transport;
  identities: Pick<ClientIdentities, "of">;
  monotonicMs: () => number;
  /** From 0 to under 1. */
  random: () => number;
  /** A number that tells this worker from those of all gateways; the workers of one follow each other. */
  place: number;
  saturations: Pick<SaturationBook, "open">;
  mirrors: Pick<MirrorBook, "open">;
  priorityOf(consumer: string): Priority;
  /** Counts a call that was shed, for the metrics. */
  shed(service: string): void;
  /** Somebody watches the targets from here on; answers the function that ends it. */
  watch(service: string, candidates: readonly Candidate[]): () => void;
  /** Active checks took a target out or let it in again. */
  targetChanged(service: string, candidate: Candidate): void;
  /** Counts a try at an upstream, for the metrics; where the call has a route, that knows where. */
  tried(service: string, outcome: "answered" | "connect-failure" | "timeout" | "failed" | "hedge-lost", route: RouteParts | null | undefined): void;
}

/** The plan, with its active checks begun. */
export function openUpstream(service: string, whole: Upstream, { ports, ...place }: { ports: ForwardPorts; path: string; takenOff: number; rewrite: RequestRewrite | null }): Upstreams {
  const { path, takenOff, rewrite } = place;
  const upstream = subsetOf(whole, ports.place);
  const bounded = upstream.concurrency ? ports.saturations.open(service, upstream.targets.map(({ url }) => url), upstream.concurrency) : null;
  const servicePath = upstream.locations === "keep" ? null : path === "/" ? "" : path;
  const plan = compileForward(upstream, ports, { takenOff, servicePath, rewrite, saturation: bounded?.saturation ?? null });
  const { candidates } = plan.balancer;
  const unwatch = ports.watch(service, candidates);
  const stopChecks = upstream.health ? startChecks(upstream.health, candidates, { transport: ports.transport, identity: plan.identity, protocol: plan.protocol, monotonicMs: ports.monotonicMs, random: ports.random, changed: (candidate) => ports.targetChanged(service, candidate) }) : null;
  return {
    plan,
    close() {
      unwatch();
      bounded?.close();
      stopChecks?.();
    },
  };
}

/** `upstream.credentials.value` is opened already. All members stand here: the engine keeps those that are added to a copy in a second place. */
function compileForward(upstream: Upstream, ports: BalancerPorts & Pick<ForwardPorts, "identities">, own: Pick<ForwardPlan, "takenOff" | "servicePath" | "rewrite" | "saturation">): ForwardPlan {
  const balancer = compileBalancer(upstream, upstream.targets.map((target, index) => compileTarget(target.url, target.weight, index)), ports);
  const { connect, firstByte, idle } = upstream.timeouts;
  return {
    targets: balancer.candidates,
    balancer,
    timeouts: { connectMs: connect, firstByteMs: firstByte, idleMs: idle },
    retry: new RetryPlan(upstream.retry),
    hedge: upstream.hedge ? new HedgePlan(upstream.hedge) : null,
    takenOff: own.takenOff,
    servicePath: own.servicePath,
    rewrite: own.rewrite,
    saturation: own.saturation,
    credentials: compileCredentials(upstream.credentials),
    identity: upstream.tls ? ports.identities.of(upstream.tls) : null,
    protocol: upstream.protocol,
  };
}

/** A scheme without anything behind it (`Bearer ${TOKEN:-}` with no TOKEN) means that there are none. */
function compileCredentials(credentials: Upstream["credentials"]): Credentials | null {
  if (!credentials || /^\s*$|^\S+\s+$/.test(credentials.value)) return null;
  return { name: credentials.header, lowerName: credentials.header.toLowerCase(), value: credentials.value };
}
