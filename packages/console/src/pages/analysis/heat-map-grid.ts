/** Where latencies stand in the heat map, and what an area of it asks for. Heights are shares from the top. */
import type { Answer } from "../../api/types.ts";

type HeatMapAnswer = Answer<"heatMap">;
type Cell = HeatMapAnswer["cells"][number];

export interface Point {
  x: number;
  y: number;
}

export interface Area {
  start: Point;
  end: Point;
}

export interface Bands {
  leastMs: number;
  mostMs: number;
  heightOf: (latencyMs: number) => number;
  latencyAt: (height: number) => number;
}

/** Anything faster is drawn as this. */
const fastestMs = 0.05;

export function bandsOf({ cells }: HeatMapAnswer): Bands {
  const leastMs = Math.max(fastestMs, cells.reduce((least, cell) => Math.min(least, cell.fromMs), Infinity));
  const mostMs = Math.max(leastMs * 2, cells.reduce((most, cell) => Math.max(most, cell.toMs), 0));
  const [low, high] = [Math.log(leastMs), Math.log(mostMs)];
  return {
    leastMs, mostMs,
    heightOf: (latencyMs) => 1 - (Math.log(Math.max(latencyMs, leastMs)) - low) / (high - low),
    latencyAt: (height) => Math.exp(low + (1 - height) * (high - low)),
  };
}

export function cellAt(heatMap: HeatMapAnswer, bands: Bands, { x, y }: Point): Cell | undefined {
  const at = heatMap.from + x * (heatMap.to - heatMap.from);
  const latencyMs = bands.latencyAt(y);
  return heatMap.cells.find((cell) => cell.at <= at && at < cell.at + heatMap.stepMs && cell.fromMs <= latencyMs && latencyMs <= cell.toMs);
}

/** Widened to whole steps of time; null where somebody only clicked beside the cells. */
export function areaOf(heatMap: HeatMapAnswer, bands: Bands, { start, end }: Area): { from: number; to: number; fromMs: number; toMs: number } | null {
  const { from, to, stepMs } = heatMap;
  const [left, right] = [Math.min(start.x, end.x), Math.max(start.x, end.x)];
  if (right - left < 0.004) {
    const cell = cellAt(heatMap, bands, start);
    return cell ? { from: Math.max(from, cell.at), to: Math.min(to, cell.at + stepMs), fromMs: cell.fromMs, toMs: cell.toMs } : null;
  }
  const moment = (share: number): number => from + share * (to - from);
  return {
    from: Math.max(from, Math.floor(moment(left) / stepMs) * stepMs), to: Math.min(to, Math.ceil(moment(right) / stepMs) * stepMs),
    fromMs: bands.latencyAt(Math.max(start.y, end.y)), toMs: bands.latencyAt(Math.min(start.y, end.y)),
  };
}
