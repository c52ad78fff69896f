/** How the range went: rate, latency, conflicts, tokens and cost, with the period before as a dashed line. */
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { costText, durationText, rateStep, rateText } from "../../format/quantities.ts";
import { durationStep } from "../../plots/axis-marks.ts";
import { Plot } from "../../plots/plot.tsx";
import { searchOfQuery } from "../../observe/search.ts";
import { seriesOf, type Steps } from "./overview-series.ts";
import type { Overview } from "./overview-tiles.tsx";
import classes from "./overview.module.css";

export function OverviewPlots({ overview, onRange }: { overview: Overview; onRange: (from: number, to: number) => void }) {
  const navigate = useNavigate();
  const steps = useMemo(() => seriesOf(overview, Date.now()), [overview]);
  const showStep = (index: number) => {
    const [from, to] = [steps.moments[index], steps.moments[index + 1] ?? overview.to];
    if (from === undefined) return;
    const query = overview.totals.queries.calls.replace(/at:\S+/, `at:${from}..${to}`);
    void navigate({ to: "/calls", search: searchOfQuery(query) });
  };
  const plots = useMemo(() => plotsOf(steps), [steps]);
  return (
    <div className={classes["plots"]}>
      {plots.map((plot) => (
        <Plot key={plot.title} {...plot} moments={steps.moments} running={steps.running} group="overview" onRange={onRange} onMoment={showStep} />
      ))}
    </div>
  );
}

function plotsOf({ now, before }: Steps) {
  const earlier = (values: readonly (number | null)[] | undefined) => (values ? [{ label: "before", values, colour: "--edge", dashed: true }] : []);
  return [
    {
      title: "Calls a second", text: rateText, step: rateStep,
      series: [{ label: "all", values: now.calls, colour: "--accent", filled: true }, { label: "refused (4xx)", values: now.refused, colour: "--warning-mark" }, { label: "failed (5xx)", values: now.errors, colour: "--error-mark" }, ...earlier(before?.calls)],
    },
    {
      title: "Latency", text: durationText, step: durationStep,
      series: [{ label: "p50", values: now.p50, colour: "--ok-mark" }, { label: "p95", values: now.p95, colour: "--accent" }, { label: "p99", values: now.p99, colour: "--warning-mark" }, ...earlier(before?.p95).map((one) => ({ ...one, label: "p95 before" }))],
    },
    { title: "Conflicts a second", text: rateText, step: rateStep, series: [{ label: "conflicts", values: now.conflicts, colour: "--conflict-mark", filled: true }, ...earlier(before?.conflicts)] },
    { title: "Tokens a second", text: rateText, step: rateStep, series: [{ label: "input", values: now.inputTokens, colour: "--accent" }, { label: "output", values: now.outputTokens, colour: "--ok-mark" }] },
    { title: "Cost an hour", text: costText, series: [{ label: "cost", values: now.costUsd, colour: "--ok-mark", filled: true }, ...earlier(before?.costUsd)] },
  ];
}
