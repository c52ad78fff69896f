/** What guarding a route needs, decided when the snapshot is compiled. */
import type { Conflict } from "@parley/contract/config/conflict";
import type { GuaranteeLevel } from "@parley/contract/conflicts/cause";
import type { Handler } from "../../../pipeline/policy.ts";
import type { ConflictPlan, RoutePlan } from "../../../pipeline/route-plan.ts";
import type { ConflictPorts } from "../conflict-ports.ts";
import { compileLockScope } from "../requests/resource-path.ts";
import { type Adapter, findAdapter } from "./adapters.ts";
import { ContentionBudgets } from "./contention.ts";
import { GivenTags } from "./given-tags.ts";
import { SeenStates } from "./seen-states.ts";

/** `auto`: the upstream's own tag where it is a strong one, else the gateway's. */
export type ValidatorKind = "auto" | "own" | "native" | "adapter";

export interface Guarantee {
  level: GuaranteeLevel;
  reason: string;
}

export interface GuardPlan {
  service: string;
  servicePath: string;
  keyed: boolean;
  settings: Conflict;
  required: boolean;
  validator: ValidatorKind;
  adapter: Adapter | null;
  maxBodyBytes: number;
  lockPathOf(path: string): string;
  /** How many may wait for one resource, and for how long. */
  maxWaiting: number;
  waitMs: number;
  /** The longest that one write can hold its place. */
  holdMs: number;
  /** How long a resource rests when nobody can say how a write ended. */
  restMs: number;
  guarantee: Guarantee;
  given: GivenTags;
  seen: SeenStates;
  contention: ContentionBudgets;
  ports: ConflictPorts;
  next: Handler;
}

const marginMs = 5_000;
const maxWaiting = { serialize: 1_000, other: 100 } as const;

export function compileGuard(plan: RoutePlan, conflict: ConflictPlan, { ports, next }: { ports: ConflictPorts; next: Handler }): GuardPlan {
  const { settings, timeouts } = conflict;
  const adapter = findAdapter(settings.validator);
  const oneTripMs = timeouts.connectMs + timeouts.firstByteMs;
  return {
    service: plan.service,
    servicePath: conflict.path,
    keyed: plan.access === "key",
    settings,
    required: settings.mode === "require",
    validator: adapter !== null ? "adapter" : settings.validator === "upstream" ? "native" : settings.validator === undefined ? "auto" : "own",
    adapter,
    maxBodyBytes: settings.maxBody,
    lockPathOf: compileLockScope(settings.scope, conflict.path),
    maxWaiting: settings.strategy === "serialize" ? maxWaiting.serialize : maxWaiting.other,
    waitMs: timeouts.firstByteMs,
    // Refetch, write, and a look at why it was refused.
    holdMs: 3 * oneTripMs + timeouts.idleMs + marginMs,
    restMs: settings.locks.delay ?? timeouts.firstByteMs + marginMs,
    guarantee: firstGuarantee(settings),
    given: new GivenTags(),
    seen: new SeenStates(),
    contention: new ContentionBudgets(() => ports.monotonicMs()),
    ports,
    next,
  };
}

/** Atomic is never assumed: only a probe gives it. */
function firstGuarantee(settings: Conflict): Guarantee {
  if (settings.writers === "exclusive") return { level: "serialized", reason: "The configuration says that every writer comes through the gateway." };
  return { level: "serialized", reason: "Writes are ordered and compared with what is there; no write past the gateway has been seen." };
}

/** A write that the ledger does not know was found on the way: what is claimed from now on is less. */
export function bypassFound(plan: GuardPlan): void {
  if (plan.guarantee.level !== "serialized") return;
  plan.guarantee = {
    level: "detect",
    reason: "A write past the gateway was found. Between the refetch and the write one can be overwritten; it then shows as a bypass afterwards.",
  };
}
