/** Spend by day as stacked bars, drawn by uPlot. Each bar is drawn as high as the sum up to it, the highest first. */
import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { costText } from "../../format/quantities.ts";
import { axisFont } from "../../plots/axis-font.ts";
import { scaledPx } from "../../theme/text-size.ts";
import type { SpendStack } from "./spend-figures.ts";
import classes from "./spend.module.css";

const heightPx = 220;

export function SpendPlot({ days, stacks }: { days: readonly number[]; stacks: readonly SpendStack[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const plot = new uPlot(optionsOf(element.clientWidth, days, stacks), dataOf(days, stacks), element);
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: scaledPx(heightPx) }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
    // `scheme` is here because the colours are read when the plot is made.
  }, [days, stacks, scheme]);
  return (
    <figure className={classes["figure"]}>
      <div ref={frame} role="img" aria-label="Spend by day; the table below has the sums" />
      <figcaption className={classes["legend"]}>
        {stacks.map(({ label }, index) => (
          <span key={label}>
            <i data-series={index + 1} aria-hidden />
            {label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Seconds, as uPlot counts; then the sums, from all stacks down to the first alone. */
function dataOf(days: readonly number[], stacks: readonly SpendStack[]): uPlot.AlignedData {
  const sums = stacks.map((_, index) => days.map((__, day) => stacks.slice(0, index + 1).reduce((sum, { values }) => sum + (values[day] ?? 0), 0)));
  return [days.map((day) => day / 1000), ...sums.toReversed()];
}

function optionsOf(width: number, days: readonly number[], stacks: readonly SpendStack[]): uPlot.Options {
  const axis = { stroke: token("--quiet"), font: axisFont(), ticks: { show: false } } satisfies uPlot.Axis;
  const grid = { stroke: token("--line"), width: 1 };
  const text = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return {
    width,
    height: scaledPx(heightPx),
    padding: [scaledPx(8), scaledPx(20), 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => [(days[0] ?? 0) / 1000 - 43_200, (days.at(-1) ?? 0) / 1000 + 43_200] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: scaledPx(26), splits: (plot) => daysShown(days, plot.width).map((day) => day / 1000), values: (_, splits) => splits.map((at) => text.format(at * 1000)) },
      { ...axis, grid, size: scaledPx(70), space: scaledPx(36), values: (_, splits) => splits.map(costText) },
    ],
    series: [{}, ...stacks.map((_, index): uPlot.Series => {
      const colour = token(`--series-${stacks.length - index}`);
      const paths = uPlot.paths.bars?.({ size: [0.7, 48] });
      return { stroke: colour, fill: colour, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
    })],
  };
}

const labelPx = 68;
const axisPx = 90;

/** At most eight, as many as have room, and today among them. */
function daysShown(days: readonly number[], widthPx: number): number[] {
  const most = Math.max(2, Math.min(8, Math.floor((widthPx - scaledPx(axisPx)) / scaledPx(labelPx))));
  const every = Math.ceil(days.length / most);
  return days.filter((_, index) => (days.length - 1 - index) % every === 0);
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "currentcolor";
}
