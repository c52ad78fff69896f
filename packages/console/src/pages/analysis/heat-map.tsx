/** The drawing: a column a step of time, a row a band of latency (logarithmic), darker where there are more calls. */
import { useComputedColorScheme } from "@mantine/core";
import { allOf, between } from "@parley/contract/query/write";
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Answer } from "../../api/types.ts";
import { countText, durationText } from "../../format/quantities.ts";
import { momentText } from "../../format/moments.ts";
import classes from "./analysis.module.css";
import { type Area, areaOf, bandsOf, type Bands, cellAt } from "./heat-map-grid.ts";

type HeatMapAnswer = Answer<"heatMap">;

export function HeatMap({ heatMap, onSelect }: { heatMap: HeatMapAnswer; onSelect: (query: string) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  const bands = useMemo(() => bandsOf(heatMap), [heatMap]);
  const [area, setArea] = useState<Area | null>(null);
  const [hint, setHint] = useState("");
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const draw = () => drawCells(element, heatMap, bands);
    const watcher = new ResizeObserver(draw);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [heatMap, bands, scheme]);

  const place = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)), y: Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) };
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const at = place(event);
    if (area) setArea({ ...area, end: at });
    const cell = cellAt(heatMap, bands, at);
    setHint(cell ? `${momentText(cell.at)}, ${durationText(cell.fromMs)} – ${durationText(cell.toMs)}: ${countText(cell.calls)} calls` : "");
  };
  const end = () => {
    if (!area) return;
    setArea(null);
    const chosen = areaOf(heatMap, bands, area);
    if (chosen) onSelect(allOf(between(chosen.from, chosen.to), `latency:>=${chosen.fromMs.toFixed(6)}`, `latency:<=${chosen.toMs.toFixed(6)}`));
  };
  const calls = heatMap.cells.reduce((sum, cell) => sum + cell.calls, 0);
  return (
    <figure className={classes["heatMap"]}>
      <figcaption>
        Calls by time and latency <small>{hint}</small>
      </figcaption>
      <div className={classes["latencies"]} aria-hidden>
        {[1, 0.75, 0.5, 0.25, 0].map((share) => (
          <span key={share}>{durationText(bands.latencyAt(1 - share))}</span>
        ))}
      </div>
      <div
        className={classes["cells"]} role="img" aria-label={`${countText(calls)} calls between ${durationText(bands.leastMs)} and ${durationText(bands.mostMs)}`}
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); const at = place(event); setArea({ start: at, end: at }); }}
        onPointerMove={move} onPointerUp={end} onPointerLeave={() => setHint("")}
      >
        <canvas ref={canvas} />
        {area ? <span className={classes["area"]} style={boxOf(area)} /> : null}
      </div>
      <div className={classes["times"]} aria-hidden>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{momentText(heatMap.from + share * (heatMap.to - heatMap.from))}</span>
        ))}
      </div>
    </figure>
  );
}

function boxOf({ start, end }: Area) {
  const percent = (share: number) => `${share * 100}%`;
  return { left: percent(Math.min(start.x, end.x)), top: percent(Math.min(start.y, end.y)), width: percent(Math.abs(end.x - start.x)), height: percent(Math.abs(end.y - start.y)) };
}

function drawCells(element: HTMLCanvasElement, heatMap: HeatMapAnswer, bands: Bands): void {
  const context = element.getContext("2d");
  if (!context) return;
  const { clientWidth: width, clientHeight: height } = element;
  const ratio = devicePixelRatio;
  element.width = width * ratio;
  element.height = height * ratio;
  context.scale(ratio, ratio);
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const most = Math.max(1, ...heatMap.cells.map((cell) => cell.calls));
  const x = (at: number) => ((at - heatMap.from) / (heatMap.to - heatMap.from)) * width;
  for (const cell of heatMap.cells) {
    const [left, right] = [Math.max(0, x(cell.at)), Math.min(width, x(cell.at + heatMap.stepMs))];
    const [top, bottom] = [bands.heightOf(cell.toMs) * height, bands.heightOf(cell.fromMs) * height];
    // By the square root, so that a few slow calls are seen beside thousands of fast ones.
    context.globalAlpha = 0.12 + 0.88 * Math.sqrt(cell.calls / most);
    context.fillRect(left, top, Math.max(1, right - left - 0.5), Math.max(1, bottom - top - 0.5));
  }
}
