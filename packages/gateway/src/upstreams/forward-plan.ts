/** What forwarding to one upstream needs, decided when the snapshot is compiled. */
import type { Upstream } from "@parley/contract/config/upstream";
import { roundRobin, type Balancer } from "./balance.ts";
import type { Credentials } from "./request-fields.ts";
import { compileRetry, type RetryPlan } from "./retry.ts";
import { compileTarget, type Target } from "./target.ts";
import type { OutgoingRequest, Transport } from "./transport.ts";

export interface ForwardPlan {
  targets: readonly Target[];
  balancer: Balancer;
  timeouts: OutgoingRequest["timeouts"];
  retry: RetryPlan;
  credentials: Credentials | null;
}

export interface ForwardPorts {
  transport: Transport;
  monotonicMs(): number;
  /** From 0 to under 1. */
  random(): number;
  /** Counts a try at an upstream, for the metrics. */
  tried(service: string, outcome: "answered" | "connect-failure" | "timeout" | "failed"): void;
}

/** `upstream.credentials.value` is opened already. Every algorithm is carried out as weighted round-robin for now. */
export function compileForward(upstream: Upstream, ports: Pick<ForwardPorts, "monotonicMs">): ForwardPlan {
  const targets = upstream.targets.map((target) => compileTarget(target.url, target.weight));
  const { connect, firstByte, idle } = upstream.timeouts;
  return {
    targets,
    balancer: roundRobin(targets, ports.monotonicMs),
    timeouts: { connectMs: connect, firstByteMs: firstByte, idleMs: idle },
    retry: compileRetry(upstream.retry),
    credentials: compileCredentials(upstream.credentials),
  };
}

/** A scheme without anything behind it (`Bearer ${TOKEN:-}` with no TOKEN) means that there are none. */
function compileCredentials(credentials: Upstream["credentials"]): Credentials | null {
  if (!credentials || /^\s*$|^\S+\s+$/.test(credentials.value)) return null;
  return { name: credentials.header, lowerName: credentials.header.toLowerCase(), value: credentials.value };
}
