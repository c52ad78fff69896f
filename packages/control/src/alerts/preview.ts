/** What a rule would have done: the same judgement and the same state machine as at work, over the calls of the past. */
import type { AlertPreview } from "@parley/contract/api/alerts";
import type { Alert } from "@parley/contract/config/alerts";
import { isCallMetric } from "@parley/contract/config/alerts";
import type { CallFigures } from "@parley/stores/ports/call-figures";
import { inputsOf, readingOf, type Reading } from "./call-metrics.ts";
import { judge } from "./judge.ts";
import { readPast } from "./past-figures.ts";
import { troubleQuery } from "./trouble.ts";
import { advance, type RuleState } from "./rule-state.ts";

const maxPoints = 500;
const maxFirings = 1_000;

type Firing = AlertPreview["firings"][number];
type Point = AlertPreview["series"][number];

/** `now` is how the rule stands at this moment. */
export async function previewOf(callLog: Pick<CallFigures, "series">, alert: Alert, { from, to, now, signal }: { from: number; to: number; now: AlertPreview["now"]; signal: AbortSignal }): Promise<AlertPreview> {
  const { when } = alert;
  if (!isCallMetric(when.metric) && when.metric !== "burn_rate") return { from, to, stepMs: 0, past: false, now, firings: [], messages: 0, series: [] };
  const past = await readPast(callLog, when, { from, to, signal });
  const firings: Firing[] = [];
  const points: Point[] = [];
  let state: RuleState = { state: "ok", since: from };
  for (let at = Math.ceil(from / past.stepMs) * past.stepMs; at < to + past.stepMs; at += past.stepMs) {
    const reading = readingOf(when, inputsOf(when, at).map((input) => past.figures(input)));
    const { holds, reason } = judge(when, reading);
    const { after, transition } = advance(state, holds, { now: at, forMs: when.for });
    state = after;
    points.push({ at, value: reading.value, ...(reading.usual === null ? {} : { usual: reading.usual }) });
    if (transition === "firing" && firings.length < maxFirings) firings.push({ from: at, to: null, peak: reading.value, reason, query: troubleQuery(when, reading, at) });
    keepUp(firings.at(-1), { at, transition, reading, below: isBelow(alert) });
  }
  return { from, to, stepMs: past.stepMs, past: true, now, firings, messages: messagesOf(alert, firings, to), series: thinned(points, isBelow(alert)) };
}

function keepUp(firing: Firing | undefined, { at, transition, reading, below }: { at: number; transition: string | null; reading: Reading; below: boolean }): void {
  if (!firing || firing.to !== null) return;
  if (transition === "resolved") firing.to = at;
  else if (reading.value !== null) firing.peak = worse(firing.peak, reading.value, below);
}

function worse(one: number | null, other: number | null, below: boolean): number | null {
  if (one === null || other === null) return one ?? other;
  return below ? Math.min(one, other) : Math.max(one, other);
}

function isBelow({ when }: Alert): boolean {
  return (when.below !== undefined || when.belowUsual !== undefined) && when.above === undefined && when.aboveUsual === undefined;
}

/** One at the beginning, one at the end, and the repetitions between them. */
function messagesOf({ repeat }: Alert, firings: readonly Firing[], to: number): number {
  return firings.reduce((sum, firing) => sum + 1 + (firing.to === null ? 0 : 1) + (repeat === undefined ? 0 : Math.floor(((firing.to ?? to) - firing.from) / repeat)), 0);
}

/** The worst of neighbours stands for them, so that no peak is lost. */
function thinned(points: readonly Point[], below: boolean): Point[] {
  const each = Math.ceil(points.length / maxPoints);
  if (each <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / each) }, (_, index) =>
    points.slice(index * each, (index + 1) * each).reduce((one, other) => (one.value === null || (other.value !== null && worse(one.value, other.value, below) === other.value) ? other : one)),
  );
}
