/** How uPlot draws: the look of axes, lines and legend, and what dragging and clicking do. */
import type { RefObject } from "react";
import type uPlot from "uplot";
import { scaledPx } from "../theme/text-size.ts";
import { axisFont } from "./axis-font.ts";
import { axisMarks, decimalStep } from "./axis-marks.ts";
import type { PlotProps, PlotSeries } from "./plot-props.ts";

interface OptionsOf {
  width: number;
  series: readonly Omit<PlotSeries, "values">[];
  group: string;
  latest: RefObject<Pick<PlotProps, "onRange" | "onMoment" | "text" | "step" | "running">>;
}

const heightPx = 170;
/** Besides zero, as many as have room. */
const marksAtMost = 4;
const leastDragPx = 6;

export function plotOptions({ width, series, group, latest }: OptionsOf): uPlot.Options {
  const line = colourOf("--line");
  const quiet = colourOf("--quiet");
  const axis = { stroke: quiet, font: axisFont(), grid: { stroke: line, width: 1 }, ticks: { show: false } } satisfies uPlot.Axis;
  return {
    width,
    height: scaledPx(heightPx),
    ms: 1,
    // Half of a label has room beside the last moment.
    padding: [scaledPx(8), scaledPx(20), 0, 0],
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    cursor: { sync: { key: group }, drag: { x: true, y: false, setScale: false, dist: leastDragPx }, points: { size: 6 } },
    axes: [
      { ...axis, size: scaledPx(28), space: scaledPx(70), values: timeTexts },
      {
        ...axis, size: scaledPx(62),
        splits: (_, __, ___, largest) => axisMarks(largest, { atMost: marksAtMost, step: latest.current.step ?? decimalStep }),
        values: (plot, marks) => marks.map((mark) => (mark === 0 ? "0" : latest.current.text(mark, plot.scales["y"]?.max ?? mark))),
      },
    ],
    series: [
      { label: "Time", value: (_, at) => (at === null ? "–" : timeText(at)) },
      ...series.map(({ label, colour, dashed, filled }): uPlot.Series => {
        const stroke = colourOf(colour);
        return {
          label, stroke, width: dashed ? 1.25 : 1.75, points: { show: false, size: 5, filter: loneValues }, spanGaps: false,
          value: (_, value) => (value === null || value === undefined ? "–" : latest.current.text(value)),
          ...(dashed ? { dash: [4, 4] } : {}), ...(filled ? { fill: `${stroke}22` } : {}),
        };
      }),
    ],
    hooks: {
      drawClear: [(plot) => {
        if (latest.current.running) shadeEnd(plot);
      }],
      setSelect: [(plot) => {
        if (plot.select.width < leastDragPx) return;
        latest.current.onRange?.(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
      ready: [(plot) => plot.over.addEventListener("click", () => {
        if (typeof plot.cursor.idx === "number") latest.current.onMoment?.(plot.cursor.idx);
      })],
    },
  };
}

/** A value between two gaps has no line that shows it, and gets a point. */
function loneValues(plot: uPlot, series: number): number[] | null {
  const values = plot.data[series] ?? [];
  const lone = Array.from(values.keys()).filter((at) => isThere(values[at]) && !isThere(values[at - 1]) && !isThere(values[at + 1]));
  return lone.length > 0 ? lone : null;
}

function isThere(value: number | null | undefined): boolean {
  return value !== null && value !== undefined;
}

/** Behind the lines, from the last whole step to the end. */
function shadeEnd(plot: uPlot): void {
  const lastWhole = plot.data[0].at(-2);
  if (lastWhole === undefined) return;
  const left = plot.valToPos(lastWhole, "x", true);
  plot.ctx.save();
  plot.ctx.fillStyle = `${colourOf("--quiet")}22`;
  plot.ctx.fillRect(left, plot.bbox.top, plot.bbox.left + plot.bbox.width - left, plot.bbox.height);
  plot.ctx.restore();
}

function colourOf(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim() || "currentcolor";
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockWithSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

function timeText(at: number): string {
  return whole.format(at);
}

/** Midnights read as days; steps under a minute show their seconds. */
function timeTexts(_: uPlot, splits: number[]): string[] {
  const [first = 0, second = first] = splits;
  const format = second - first < 60_000 ? clockWithSeconds : clock;
  return splits.map((at) => (new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0 ? day.format(at) : format.format(at)));
}
