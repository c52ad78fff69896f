/**
 * Carries rollouts out: looks at both arms again and again, goes on to the next share of the calls, or takes the release
 * back at once. What it decides is published to the gateways like every change, and stands in the audit log. Hides the
 * tests, the book and the pace; may import the configuration, the publisher and the call log's port.
 */
import type { Canary } from "@parley/contract/config/canary";
import { service as serviceSchema, type Service } from "@parley/contract/config/service";
import type { RolloutDecision, RolloutEvent, RolloutState } from "@parley/contract/api/rollout";
import type { CallLog } from "@parley/stores/ports/call-log";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import { deedDraft, type Actor } from "../configuration/audit-drafts.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { compileEntity } from "../publishing/compile.ts";
import type { Publisher } from "../publishing/publisher.ts";
import { measureArms, type MeasuredArm } from "./arms.ts";
import { judge, type Judgement } from "./judge.ts";
import { settingsText, type RolloutBook } from "./rollout-book.ts";

export interface RolloutPorts {
  configuration: Pick<Configuration, "entities">;
  book: RolloutBook;
  callLog: Pick<CallLog, "groups" | "find">;
  publisher: Pick<Publisher, "publish">;
  audit: Pick<ConfigStore["audit"], "add">;
  now: () => number;
  onError: (message: string, error: unknown) => void;
}

export type RolloutOrder = "promote" | "rollback" | "pause" | "resume" | "restart";

/** A service whose release is rolled out by itself. */
interface RolledOut {
  name: string;
  canary: Canary;
  rollout: NonNullable<Canary["rollout"]>;
}

/** Who decides, why, and by what figures: people need none. */
interface Decider {
  by: Actor;
  why: string;
  found?: Pick<RolloutDecision, "arms" | "tests">;
}

const tickMs = 1_000;
const looksPerStep = 10;
const longestPauseMs = 60_000;
const maxEvents = 100;
const byItself: Actor = { name: "rollout" };

export class Rollouts {
  readonly #ports: RolloutPorts;
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;

  constructor(ports: RolloutPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#working;
  }

  /** Looks at every rollout whose time has come. */
  async look(): Promise<void> {
    const rolledOut = this.#all();
    this.#ports.book.keep(new Set(rolledOut.map(({ name }) => name)));
    for (const one of rolledOut) {
      try {
        await this.#lookAt(one);
      } catch (error) {
        this.#ports.onError(`the rollout of ${one.name} could not be judged; it stays where it is`, error);
      }
    }
  }

  /** As it stands; null where the service has no rollout. */
  stateOf(name: string): RolloutState | null {
    const found = this.#all().find((one) => one.name === name);
    return found ? this.#stateOf(found) : null;
  }

  /** Null where the service has no rollout. */
  async order(name: string, order: RolloutOrder, by: Actor): Promise<RolloutState | null> {
    const found = this.#all().find((one) => one.name === name);
    if (!found) return null;
    const state = this.#stateOf(found);
    const why = `ordered by ${by.name}`;
    switch (order) {
      case "promote":
        return this.#moved(found, state, { by, why });
      case "rollback":
        return this.#entered(found, { ...state, phase: "rolled-back", percent: 0 }, { by, why });
      case "pause":
        return state.phase === "running" ? this.#entered(found, { ...state, phase: "paused" }, { by, why }) : state;
      case "resume":
        return state.phase === "paused" ? this.#entered(found, { ...state, phase: "running" }, { by, why }) : state;
      case "restart":
        return this.#entered(found, { ...state, phase: "running", percent: found.canary.percent, decision: null }, { by, why });
    }
  }

  #tick(): void {
    this.#working ??= this.look().finally(() => (this.#working = null));
  }

  #all(): RolledOut[] {
    return this.#ports.configuration.entities.list("service").flatMap((held) => {
      const { canary } = (held.resolved as Service | undefined) ?? serviceSchema.parse(held.spec);
      return canary?.rollout && canary.percent > 0 ? [{ name: held.name, canary, rollout: canary.rollout }] : [];
    });
  }

  #stateOf({ name, canary }: RolledOut): RolloutState {
    const known = this.#ports.book.get(name, canary);
    if (known) return known;
    const now = this.#ports.now();
    const fresh: RolloutState = { settings: settingsText(canary), phase: canary.percent >= 100 ? "promoted" : "running", percent: canary.percent, since: now, looks: 0, lookedAt: now, lookedCalls: 0, events: [{ at: now, phase: "running", percent: canary.percent, actor: byItself.name, why: "the rollout began" }], decision: null };
    this.#ports.book.set(name, fresh);
    return fresh;
  }

  async #lookAt(one: RolledOut): Promise<void> {
    const state = this.#stateOf(one);
    const now = this.#ports.now();
    if (state.phase !== "running" || now - state.lookedAt < Math.min(longestPauseMs, one.rollout.every / looksPerStep)) return;
    const { release, baseline } = await measureArms(this.#ports.callLog, { service: one.name, canary: one.canary, from: state.since, to: now });
    // Somebody may have decided meanwhile.
    if (this.#stateOf(one) !== state) return;
    // Without anything new there is nothing to spend significance on.
    const look = release.calls > state.lookedCalls ? state.looks + 1 : state.looks;
    if (look === 0) return;
    const judgements = judge(release, baseline, { rules: one.rollout, look });
    const worse = judgements.find((judgement) => judgement.worse);
    const looked: RolloutState = { ...state, looks: look, lookedAt: now, lookedCalls: release.calls };
    const found = { arms: { release: release.figures, baseline: baseline.figures }, tests: judgements };
    if (worse) return void (await this.#entered(one, { ...looked, phase: "rolled-back", percent: 0 }, { by: byItself, why: reasonOf(worse, release, baseline), found }));
    const isTime = now - state.since >= one.rollout.every && release.calls >= one.rollout.minCalls;
    const unclear = judgements.find(({ tooFewCallers }) => tooFewCallers !== undefined);
    if (isTime && unclear) return void (await this.#entered(one, { ...looked, phase: "paused" }, { by: byItself, why: doubtOf(unclear, release, baseline), found }));
    if (isTime) return void (await this.#moved(one, looked, { by: byItself, why: `no worse after ${release.calls} calls and ${look} looks`, found }));
    this.#ports.book.set(one.name, looked);
  }

  /** To the next step. */
  #moved(one: RolledOut, state: RolloutState, by: Decider): Promise<RolloutState> {
    const percent = one.rollout.steps.find((step) => step > state.percent) ?? 100;
    return this.#entered(one, { ...state, percent, phase: percent >= 100 ? "promoted" : "running" }, by);
  }

  async #entered({ name }: RolledOut, state: RolloutState, { by, why, found }: Decider): Promise<RolloutState> {
    const now = this.#ports.now();
    const event: RolloutEvent = { at: now, phase: state.phase, percent: state.percent, actor: by.name, why };
    const decision = found === undefined ? state.decision : { at: now, since: state.since, of: state.events.at(-1)?.percent ?? state.percent, phase: state.phase, percent: state.percent, why, looks: state.looks, ...found };
    const next: RolloutState = { ...state, since: now, lookedAt: now, looks: 0, lookedCalls: 0, events: [...state.events, event].slice(-maxEvents), decision };
    this.#ports.book.set(name, next);
    const held = this.#ports.configuration.entities.get("service", name);
    const entry = held && compileEntity(held);
    if (entry) await this.#ports.publisher.publish([entry]);
    const changes = Object.entries({ "/canary/percent": next.percent, "/canary/rollout/phase": next.phase, "/canary/rollout/why": why }).map(([path, value]) => ({ op: "replace" as const, path, value }));
    await this.#ports.audit.add([deedDraft({ action: "change", kind: "service", name, changes }, { ...by, at: now })]);
    return next;
  }
}

function reasonOf({ measure, test, p, threshold }: Judgement, release: MeasuredArm, baseline: MeasuredArm): string {
  return `worse in ${measure}: ${figuresText(measure, release, baseline)} (${test}, p = ${p.toPrecision(2)} < ${threshold.toPrecision(2)})`;
}

/** It may be the callers that got the release; whoever knows them decides. */
function doubtOf({ measure, tooFewCallers }: Judgement, release: MeasuredArm, baseline: MeasuredArm): string {
  const { release: few, baseline: others } = tooFewCallers ?? { release: 0, baseline: 0 };
  return `${measure} look worse, and too few callers have the release to tell whether it is its doing or theirs (${few}, and ${others} beside it): ${figuresText(measure, release, baseline)}`;
}

function figuresText(measure: Judgement["measure"], release: MeasuredArm, baseline: MeasuredArm): string {
  return measure === "latency" ? `p50 ${told(release.figures.p50Ms)} against ${told(baseline.figures.p50Ms)} ms, p95 ${told(release.figures.p95Ms)} against ${told(baseline.figures.p95Ms)} ms` : `${release[measure]} of ${release.calls} calls against ${baseline[measure]} of ${baseline.calls}`;
}

function told(value: number | null): string {
  return value === null ? "unknown" : value.toFixed(1);
}
