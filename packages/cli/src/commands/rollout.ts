import { callAdmin, type OperationAnswer } from "../api/admin-api.ts";
import { type Connection, type ConnectionOptions, findConnection } from "../api/connection.ts";
import { inert } from "../inert-text.ts";
import { type Terminal, outJson } from "../terminal.ts";

type Rollout = OperationAnswer<"getRollout">;
type Order = "promote" | "rollback" | "pause" | "resume" | "restart";

export interface RolloutOptions extends ConnectionOptions {
  wait?: boolean;
}

const lookEveryMs = 2_000;

/** Exit status 2 where the release was taken back, or where what is waited for does not come by itself. */
export async function rolloutStatus(terminal: Terminal, service: string, options: RolloutOptions): Promise<number> {
  const connection = findConnection(terminal, options);
  const rollout = options.wait === true ? await decided(terminal, { connection, service }) : await seen(connection, service);
  if (options.json) outJson(terminal, rollout);
  else terminal.out(`${rolloutLines(rollout).map(inert).join("\n")}\n`);
  return rollout.phase === "rolled-back" || (options.wait === true && rollout.phase === "paused") ? 2 : 0;
}

export function rolloutOrder(order: Order) {
  return async (terminal: Terminal, service: string, options: ConnectionOptions): Promise<number> => {
    const state = await callAdmin(findConnection(terminal, options), { operation: "orderRollout", method: "POST", path: "/api/services/{name}/rollout", parameters: { name: service }, body: { order } });
    if (options.json) outJson(terminal, state);
    else terminal.out(`${inert(shareText(state))}\n`);
    return 0;
  };
}

function seen(connection: Connection, service: string): Promise<Rollout> {
  return callAdmin(connection, { operation: "getRollout", method: "GET", path: "/api/services/{name}/rollout", parameters: { name: service } });
}

/** Until nothing more happens by itself; each new share is told on the way. */
async function decided(terminal: Terminal, { connection, service }: { connection: Connection; service: string }): Promise<Rollout> {
  let told = "";
  for (;;) {
    const rollout = await seen(connection, service);
    if (rollout.phase !== "running") return rollout;
    const share = `${shareText(rollout)}${nextText(rollout)}`;
    if (share !== told) terminal.error(`${inert(share)}\n`);
    told = share;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

function rolloutLines(rollout: Rollout): string[] {
  const { phase, since, looks, events, to, decision } = rollout;
  const began = `since ${timeOf(since)} (${durationOf(Math.max(0, to - since))} ago)${looks === 0 ? "" : `, looked at ${looks} ${looks === 1 ? "time" : "times"}`}`;
  const lines = [`${shareText(rollout)}${nextText(rollout)}`, phase === "manual" ? "compared over the last hour" : began];
  const isPausedByItself = phase === "paused" && decision?.phase === "paused";
  if (phase !== "promoted" && phase !== "rolled-back" && !isPausedByItself) {
    lines.push("", ...comparisonLines(rollout));
  } else if (decision !== null) {
    lines.push("", `Decided ${timeOf(decision.at)}, of ${durationOf(decision.at - decision.since)} at ${decision.of} %: ${decision.why}`, "", ...comparisonLines(decision));
  }
  if (events.length > 0) lines.push("");
  for (const event of events.slice(-10)) lines.push(`${timeOf(event.at)}  ${event.phase}, ${event.percent} %  ${event.actor}: ${event.why}`);
  return lines;
}

function comparisonLines({ arms, tests }: Pick<Rollout, "arms" | "tests">): string[] {
  return [["", "release", "baseline"].map(cell).join(""), ...figureRows(arms).map((row) => row.map(cell).join("")), "", ...tests.map(judgedLine)];
}

function judgedLine({ measure, test, p, threshold, worse, tooFewCallers: few }: Rollout["tests"][number]): string {
  const figures = `(${test}, p ${p.toPrecision(2)}, worse below ${threshold.toPrecision(2)})`;
  if (few !== undefined) return `? ${measure}: worse by its calls, and too few callers to tell: ${few.release} of the release, ${few.baseline} beside it ${figures}`;
  return `${worse ? "✗" : "✓"} ${measure}: ${worse ? "worse" : "no worse"} ${figures}`;
}

function shareText({ service, phase, percent }: Pick<Rollout, "service" | "phase" | "percent">): string {
  return `${service}: ${phase}, ${percent} % of the calls go to the release`;
}

function nextText({ next, everyMs, minCalls }: Rollout): string {
  return next === null ? "" : `; ${next} % next, after ${durationOf(everyMs ?? 0)} and ${minCalls ?? 0} calls of the release`;
}

function figureRows({ release, baseline }: Rollout["arms"]): string[][] {
  const share = (count: number, calls: number): string => (calls === 0 ? "-" : `${((100 * count) / calls).toFixed(2)} %`);
  const time = (ms: number | null): string => (ms === null ? "-" : `${ms.toFixed(1)} ms`);
  return [
    ["calls", String(release.calls), String(baseline.calls)],
    ["errors", share(release.errors, release.calls), share(baseline.errors, baseline.calls)],
    ["conflicts", share(release.conflicts, release.calls), share(baseline.conflicts, baseline.calls)],
    ["median", time(release.p50Ms), time(baseline.p50Ms)],
    ["p95", time(release.p95Ms), time(baseline.p95Ms)],
  ];
}

function cell(text: string, column: number): string {
  return column === 0 ? text.padEnd(10) : text.padStart(12);
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
