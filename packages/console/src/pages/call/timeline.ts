/** The bars of a call's timeline: the pipeline's steps, the tries at the upstream, and the way of the answer, as shares of the whole. */
import type { CallRecord } from "@parley/contract/call-record";

export interface TimelineBar {
  id: string;
  name: string;
  kind: "step" | "attempt" | "answer";
  failed: boolean;
  startMs: number;
  durationMs: number;
  /** Percent of the whole. */
  left: number;
  width: number;
  note?: string;
}

type Span = Omit<TimelineBar, "left" | "width" | "id">;

/** Tries with their targets and outcomes, and the answer with its end, are told from the record's other members. */
const shownOtherwise: ReadonlySet<string> = new Set(["upstream", "response"]);

export function timelineOf(call: CallRecord): TimelineBar[] {
  const spans = [...steps(call), ...attempts(call), ...upstream(call), ...answer(call)];
  // A call may have more steps than a function takes arguments.
  const whole = spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), Math.max(call.durationMs, 0.001));
  return spans
    .toSorted((first, second) => first.startMs - second.startMs)
    .map((span, index) => ({ ...span, id: `${index} ${span.name}`, left: (100 * span.startMs) / whole, width: (100 * span.durationMs) / whole }));
}

function steps(call: CallRecord): Span[] {
  return (call.steps ?? []).filter(([name]) => !shownOtherwise.has(name)).map(([name, startMs, durationMs]) => ({ name, kind: "step", failed: false, startMs, durationMs }));
}

function attempts(call: CallRecord): Span[] {
  return (call.attemptLog ?? []).map((attempt, index) => {
    const note = attempt.failure ?? (attempt.status === undefined ? undefined : String(attempt.status));
    const failed = attempt.failure !== undefined || (attempt.status ?? 0) >= 500;
    return { name: `try ${index + 1} · ${attempt.target}`, kind: "attempt", failed, startMs: attempt.startMs, durationMs: attempt.durationMs, ...(note ? { note } : {}) };
  });
}

/** Without tries of their own in the record: from sending to the upstream's head, which the answer's first byte follows at once. */
function upstream(call: CallRecord): Span[] {
  if (call.upstreamMs === undefined || (call.attemptLog ?? []).length > 0) return [];
  const sent = (call.steps ?? []).filter(([step]) => step === "upstream");
  const named = call.provider ?? call.upstream ?? "upstream";
  if (sent.length > 0) return sent.map(([, startMs, durationMs], index) => ({ name: named, kind: "attempt", failed: index === sent.length - 1 && (call.upstreamStatus ?? 0) >= 500, startMs, durationMs }));
  const headMs = Math.min(call.firstByteMs ?? call.durationMs, call.durationMs);
  const startMs = Math.max(0, headMs - call.upstreamMs);
  const before: Span[] = startMs > 0 ? [{ name: "gateway", kind: "step", failed: false, startMs: 0, durationMs: startMs }] : [];
  return [...before, { name: named, kind: "attempt", failed: (call.upstreamStatus ?? 0) >= 500, startMs, durationMs: headMs - startMs }];
}

/** From the first byte sent on to the end: what a stream spends its time with. */
function answer(call: CallRecord): Span[] {
  if (call.firstByteMs === undefined) return [];
  return [{ name: "answer", kind: "answer", failed: call.cutBy !== undefined, startMs: call.firstByteMs, durationMs: Math.max(0, call.durationMs - call.firstByteMs) }];
}
