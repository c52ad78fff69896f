/** What guarding a route needs, decided when the snapshot is compiled. */
import type { Conflict } from "@parley/contract/config/conflict";
import type { Handler } from "../../../pipeline/policy.ts";
import type { ConflictPlan, RoutePlan } from "../../../pipeline/route-plan.ts";
import type { ConflictPorts } from "../conflict-ports.ts";
import { compileLockScope } from "../requests/resource-path.ts";
import type { StaleAnswers } from "../requests/stale-answers.ts";
import { type Adapter, findAdapter, staleAnswersOf } from "./representation/adapters.ts";
import { ContentionBudgets } from "./contention.ts";
import { GivenTags } from "./representation/given-tags.ts";
import { afterBypass, firstGuarantee, type Guarantee } from "./guarantee.ts";
import { LargeBodies } from "./representation/large-bodies.ts";
import { LatestEntries } from "./representation/latest-entries.ts";
import { Patience } from "./patience.ts";
import { SeenStates } from "./representation/seen-states.ts";

/** `auto`: the upstream's own tag where it is a strong one, else the gateway's. */
export type ValidatorKind = "auto" | "own" | "native" | "adapter";

export interface GuardPlan {
  service: string;
  servicePath: string;
  access: RoutePlan["access"];
  /** Of the query, where it names a version. */
  versionParameter: string | null;
  settings: Conflict;
  required: boolean;
  validator: ValidatorKind;
  adapter: Adapter | null;
  /** Whether an answer says that a version is stale, besides 409 and 412. */
  isStale: StaleAnswers["matches"];
  maxBodyBytes: number;
  lockPathOf(path: string): string;
  /** How many may wait for one resource, and for how long. */
  maxWaiting: number;
  waitMs: number;
  /** The longest that one write can hold its place. */
  holdMs: number;
  /** How long a resource rests when nobody can say how a write ended. */
  restMs: number;
  /** Before what was found: `guaranteeOf` says what holds. */
  guarantee: Guarantee;
  given: GivenTags;
  seen: SeenStates;
  /** By consumer, the view of what depends on nothing else. */
  callersViews: LatestEntries<string>;
  /** Of reads with the ledger. */
  patience: Patience;
  contention: ContentionBudgets;
  large: LargeBodies;
  ports: ConflictPorts;
  next: Handler;
}

const marginMs = 5_000;
/** A read waits no longer for the ledger than this; its tag then has no revision, which is only told apart by people. */
const patienceMs = 250;
const maxCallersViews = 1_000;
const maxWaiting = { serialize: 1_000, other: 100 } as const;

export function compileGuard(plan: RoutePlan, conflict: ConflictPlan, { ports, next }: { ports: ConflictPorts; next: Handler }): GuardPlan {
  const { settings, timeouts } = conflict;
  const adapter = findAdapter(settings.validator);
  const oneTripMs = timeouts.connectMs + timeouts.firstByteMs;
  return {
    service: plan.service,
    servicePath: conflict.path,
    access: plan.access,
    versionParameter: conflict.versionParameter ?? null,
    settings,
    required: settings.mode === "require",
    validator: adapter !== null ? "adapter" : settings.validator === "upstream" ? "native" : settings.validator === undefined ? "auto" : "own",
    adapter,
    isStale: staleAnswersOf(settings).matches,
    maxBodyBytes: settings.maxBody,
    lockPathOf: compileLockScope(settings.scope, conflict.path),
    maxWaiting: settings.strategy === "serialize" ? maxWaiting.serialize : maxWaiting.other,
    waitMs: timeouts.firstByteMs,
    // Refetch, write, and a look at why it was refused.
    holdMs: 3 * oneTripMs + timeouts.idleMs + marginMs,
    restMs: settings.locks.delay ?? timeouts.firstByteMs + marginMs,
    guarantee: firstGuarantee(settings, timeouts.firstByteMs),
    given: new GivenTags(),
    seen: new SeenStates(),
    callersViews: new LatestEntries(maxCallersViews),
    patience: new Patience(patienceMs, () => ports.monotonicMs()),
    contention: new ContentionBudgets({ service: plan.service, budget: settings.contention, counters: ports.counters, monotonicMs: () => ports.monotonicMs() }),
    large: new LargeBodies({ service: plan.service, maxBodyBytes: settings.maxBody }, ports),
    ports,
    next,
  };
}

/** A write that the ledger does not know was found on the way. */
export function bypassFound({ ports, service }: GuardPlan, path: string): void {
  ports.book.bypassed(service, path);
}

export function guaranteeOf({ guarantee, settings, ports, service }: GuardPlan): Guarantee {
  return ports.book.bypasses.has(service) ? afterBypass(guarantee, settings.writers) : guarantee;
}
