/** When this alert would have fired in the last week, before it is saved. */
import { Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { metricNames } from "@parley/contract/config/alert-metric-names";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { call } from "../../api/client.ts";
import { shownProblem } from "../../api/problem-error.ts";
import type { Answer } from "../../api/types.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Section } from "../../components/page.tsx";
import type { AlertSource } from "../../editing/entity-port.ts";
import { absoluteText, momentText } from "../../format/moments.ts";
import { counted, durationText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import { Plot } from "../../plots/plot.tsx";
import { metricStep, metricText } from "./metric-text.ts";

type Preview = Answer<"previewAlert">;

const typingMs = 600;

export function AlertPreviewSection({ spec }: { spec: AlertSource }) {
  const [asked] = useDebouncedValue(spec, typingMs);
  const preview = useQuery({
    queryKey: ["previewAlert", asked.when],
    queryFn: ({ signal }) => call("previewAlert", { body: { spec: { ...asked, notify: [] } } }, signal),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
  return (
    <Section title="On the last week's calls" hint={preview.data ? sentenceOf(preview.data) : undefined}>
      {preview.error ? <p role="status">{shownProblem(preview.error).detail || shownProblem(preview.error).title}</p> : null}
      {preview.isLoading ? <Skeleton height={180} /> : null}
      {preview.data && !preview.error ? <PreviewContent preview={preview.data} spec={asked} /> : null}
    </Section>
  );
}

function sentenceOf({ past, firings, now }: Preview): string {
  if (!past) return `Only the present knows this. Now: ${now.reason}`;
  return firings.length === 0 ? `It would not have fired. Now: ${now.reason}` : `It would have fired ${counted(firings.length, "time")}. Now: ${now.reason}`;
}

function PreviewContent({ preview, spec }: { preview: Preview; spec: AlertSource }) {
  const { metric } = spec.when;
  const moments = useMemo(() => preview.series.map(({ at }) => at), [preview]);
  const series = useMemo(() => seriesOf(preview, spec), [preview, spec]);
  return (
    <>
      {preview.series.length > 1 ? <Plot title={metricNames[metric]} moments={moments} series={series} text={(value, largest) => metricText(metric, value, largest)} step={metricStep(metric)} group="alert" /> : null}
      {preview.firings.length > 0 ? <DataTable label="Firings" columns={firingColumns(metric)} rows={preview.firings} rowKey={(firing) => String(firing.from)} /> : null}
    </>
  );
}

function seriesOf(preview: Preview, { when }: AlertSource) {
  const bounds = [when.above, when.below].filter((bound): bound is number => typeof bound === "number");
  const hasUsual = preview.series.some(({ usual }) => usual !== undefined);
  return [
    { label: "measured", values: preview.series.map(({ value }) => value), colour: "--accent", filled: true },
    ...bounds.map((bound, index) => ({ label: index === 0 ? "bound" : "lower bound", values: preview.series.map(() => bound), colour: "--error-mark", dashed: true })),
    ...(hasUsual ? [{ label: "usual", values: preview.series.map(({ usual }) => usual ?? null), colour: "--edge", dashed: true }] : []),
  ];
}

function firingColumns(metric: string): readonly Column<Preview["firings"][number]>[] {
  return [
    { head: "From", cell: (firing) => <time dateTime={new Date(firing.from).toISOString()} title={absoluteText(firing.from)}>{momentText(firing.from)}</time> },
    { head: "For", right: true, cell: (firing) => (firing.to === null ? "until now" : durationText(firing.to - firing.from)) },
    { head: "Worst", right: true, cell: (firing) => metricText(metric, firing.peak) },
    { head: "Why", cell: (firing) => firing.reason, wideOnly: true },
    { head: "Calls", cell: (firing) => (firing.query === "" ? null : <CallsLink query={firing.query} worded>show</CallsLink>) },
  ];
}
