/** The targets of all upstreams in force, for the metrics and for those who ask how they are. */
import type { TargetState } from "@parley/contract/api/targets";
import type { MetricFamily } from "@parley/contract/channel";
import { compileTarget } from "../target.ts";
import { isAble, newCandidate, type Candidate } from "./candidate.ts";

export class TargetBook {
  readonly #monotonicMs: () => number;
  /** A set, because while a route is replaced the old and the new one stand side by side. */
  readonly #upstreams = new Set<{ service: string; candidates: readonly Candidate[] }>();

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  watch(service: string, candidates: readonly Candidate[]): () => void {
    const upstream = { service, candidates };
    this.#upstreams.add(upstream);
    return () => void this.#upstreams.delete(upstream);
  }

  states(): TargetState[] {
    const now = this.#monotonicMs();
    return [...this.#upstreams].flatMap(({ service, candidates }) => candidates.map((candidate) => stateOf(service, candidate, now)));
  }

  /** Upstreams with one target only have nothing to choose and are left out, so that ten thousand services are not ten thousand series. */
  families(labels: Record<string, string>): MetricFamily[] {
    const states = [...this.#upstreams].filter(({ candidates }) => candidates.length > 1).flatMap(({ service, candidates }) => candidates.map((candidate) => stateOf(service, candidate, this.#monotonicMs())));
    const series = (value: (state: TargetState) => number): MetricFamily["series"] =>
      states.map((state) => ({ labels: { service: state.service, target: state.target, ...labels }, value: value(state) }));
    return [
      { name: "parley_upstream_target_in_rotation", help: "1 while the target gets calls, 0 while it rests or its checks fail.", type: "gauge", series: series(({ state }) => (state === "in-rotation" ? 1 : 0)) },
      { name: "parley_upstream_target_calls_in_flight", help: "Calls under way at the target.", type: "gauge", series: series(({ inFlight }) => inFlight) },
    ];
  }
}

/** Of a target that no call has been sent to yet. */
export function untouched(service: string, url: string): TargetState {
  return stateOf(service, newCandidate(compileTarget(url, 1, 0), { troubled: 0 }, 0), 0);
}

function stateOf(service: string, candidate: Candidate, now: number): TargetState {
  const { origin, basePath, healthy, inFlight, averageMs, failures, restsUntilMs } = candidate;
  const state = !healthy ? "unhealthy" : isAble(candidate, now) ? "in-rotation" : candidate.trialUnderWay ? "on-trial" : "resting";
  return { service, target: origin + basePath, state, inFlight, averageMs: Math.round(averageMs * 10) / 10, failures, restsForMs: state === "resting" ? Math.max(0, Math.round(restsUntilMs - now)) : 0 };
}
