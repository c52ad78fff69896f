/**
 * One plot over time: axes with units, a zero at the bottom, a cursor that all plots of a page share, a range chosen by
 * dragging. Drawn by uPlot, which is fetched with the page that has plots. Colours are read from the tokens, so both
 * themes hold; lines differ in dashes as well as in hue.
 */
import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import { plotOptions } from "./plot-options.ts";
import classes from "./plot.module.css";
import type { PlotProps, PlotSeries } from "./plot-props.ts";

export function Plot({ title, moments, series, text, step, group, running = false, onRange, onMoment }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme("light");
  const latest = useRef({ onRange, onMoment, text, step, running });
  useEffect(() => {
    latest.current = { onRange, onMoment, text, step, running };
  });
  const shape = series.map(({ label, colour, dashed, filled }) => [label, colour, dashed, filled].join("|")).join("\n");
  const data = useMemo(() => [[...moments], ...series.map(({ values }) => [...values])] as uPlot.AlignedData, [moments, series]);
  const first = useRef(data);
  useEffect(() => {
    first.current = data;
  }, [data]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = new uPlot(plotOptions({ width: element.clientWidth, series: seriesOf(shape), group, latest }), first.current, element);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: made.height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
    // `scheme` is here because the colours are read when the plot is made.
  }, [shape, group, scheme]);
  useEffect(() => plot.current?.setData(data), [data, shape, scheme]);

  return (
    <figure className={classes["figure"]}>
      <figcaption>{title}{running ? <small> shaded: still running</small> : null}</figcaption>
      <div ref={frame} className={classes["plot"]} role="img" aria-label={`${title}. ${summary(series, text)}${running ? "; the last step is still running" : ""}`} />
    </figure>
  );
}

function seriesOf(shape: string): Omit<PlotSeries, "values">[] {
  return shape.split("\n").map((line) => {
    const [label = "", colour = "", dashed, filled] = line.split("|");
    return { label, colour, dashed: dashed === "true", filled: filled === "true" };
  });
}

/** For those who cannot see it: where each line ends and how high it gets. */
function summary(series: readonly PlotSeries[], text: (value: number) => string): string {
  return series
    .map(({ label, values }) => {
      const known = values.filter((value): value is number => value !== null);
      return known.length === 0 ? `${label}: nothing` : `${label}: at most ${text(known.reduce((most, value) => Math.max(most, value)))}, last ${text(known.at(-1) ?? 0)}`;
    })
    .join("; ");
}
