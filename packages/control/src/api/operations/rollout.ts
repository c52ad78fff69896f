/** Rollouts of releases: how both arms are, and what people order. */
import type { Canary } from "@parley/contract/config/canary";
import { service as serviceSchema, type Service } from "@parley/contract/config/service";
import type { rollout } from "@parley/contract/api/rollout";
import type { z } from "zod";
import { refuse } from "../../refusal.ts";
import { measureArms } from "../../rollout/arms.ts";
import { judge } from "../../rollout/judge.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";
import { fromCallLog } from "./from-call-log.ts";

const hourMs = 3_600_000;
const usualRules = { significance: 0.01, slower: 20 };

export function rolloutHandlers(plane: ControlPlane): Pick<Handlers, "getRollout" | "orderRollout"> {
  return {
    getRollout: async ({ path }) => ({ body: await rolloutOf(plane, path.name) }),
    orderRollout: async ({ path, body, actor }) => {
      canaryOf(plane, path.name);
      const state = await plane.rollouts.order(path.name, body.order, actor);
      if (!state) refuse("not-found", `the canary of ${path.name} has no rollout`, { fix: "Add rollout: {} to the service's canary, with a percent above 0; without one, percent: 0 takes the release back." });
      const { phase, percent, since, events } = state;
      return { body: { service: path.name, phase, percent, since, events } };
    },
  };
}

async function rolloutOf(plane: ControlPlane, name: string): Promise<z.input<typeof rollout>> {
  const canary = canaryOf(plane, name);
  const state = plane.rollouts.stateOf(name);
  const to = plane.now();
  const since = state?.since ?? to - hourMs;
  const looks = state?.looks ?? 0;
  const { release, baseline } = await fromCallLog(() => measureArms(plane.callLog, { service: name, canary, from: since, to }));
  const steps = canary.rollout?.steps ?? [];
  return {
    service: name, phase: state?.phase ?? "manual", percent: state?.percent ?? canary.percent, since, to, looks,
    next: state?.phase === "running" || state?.phase === "paused" ? (steps.find((step) => step > state.percent) ?? 100) : null,
    minCalls: canary.rollout?.minCalls ?? null, everyMs: canary.rollout?.every ?? null,
    arms: { release: release.figures, baseline: baseline.figures },
    tests: judge(release, baseline, { rules: canary.rollout ?? usualRules, look: Math.max(1, looks) }),
    decision: state?.decision ?? null,
    events: state?.events ?? [],
  };
}

function canaryOf(plane: ControlPlane, name: string): Canary {
  const held = plane.configuration.entities.get("service", name) ?? refuse("not-found", `there is no service ${name}`);
  const { canary } = (held.resolved as Service | undefined) ?? serviceSchema.parse(held.spec);
  return canary ?? refuse("not-found", `the service ${name} has no canary`, { fix: "A canary: { version or target, percent } on the service begins one." });
}
