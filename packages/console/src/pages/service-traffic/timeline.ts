/** The life of each version on one axis of time: published, deprecated, gone; brown-outs on it. Dates without a time are UTC days. */
import type { ServiceSource } from "@parley/contract/config/service";

type Version = NonNullable<ServiceSource["versions"]>["list"][string];

export interface Stretch {
  kind: "published" | "deprecated" | "retired" | "draft";
  /** Percent of the axis. */
  left: number;
  width: number;
}

export interface VersionLine {
  name: string;
  status: Stretch["kind"];
  successor: string | null;
  deprecatedAt: number | null;
  sunsetAt: number | null;
  stretches: Stretch[];
  brownouts: { left: number; from: number; to: number }[];
}

/** What a call that names the version meets. */
export interface VersionState {
  name: string;
  status: Stretch["kind"];
}

export interface Timeline {
  from: number;
  to: number;
  /** Where now is, in percent. */
  now: number;
  lines: VersionLine[];
}

const dayMs = 86_400_000;
const marginMs = 30 * dayMs;

export function timelineOf(versions: NonNullable<ServiceSource["versions"]>, now: number): Timeline {
  const entries = Object.entries(versions.list);
  const moments = entries.flatMap(([, version]) => [version.deprecated, version.sunset, ...(version.brownouts ?? []).flatMap((each) => [each.from, each.to])]).filter((text) => text !== undefined).map((text) => Date.parse(text));
  const from = Math.min(now, ...moments) - marginMs;
  const to = Math.max(now, ...moments) + marginMs;
  const percent = (at: number): number => ((at - from) / (to - from)) * 100;
  return { from, to, now: percent(now), lines: entries.map(([name, version]) => lineOf(name, version, { from, to, now, percent })) };
}

export function versionStates(versions: ServiceSource["versions"], now: number): VersionState[] {
  return Object.entries(versions?.list ?? {}).map(([name, version]) => ({ name, status: statusOf(version, now) }));
}

interface Axis {
  from: number;
  to: number;
  now: number;
  percent: (at: number) => number;
}

function lineOf(name: string, version: Version, { from, to, now, percent }: Axis): VersionLine {
  const deprecatedAt = version.deprecated === undefined ? null : Date.parse(version.deprecated);
  const sunsetAt = version.sunset === undefined ? null : Date.parse(version.sunset);
  const status = statusOf(version, now);
  const ends = sunsetAt ?? to;
  const turns = Math.min(deprecatedAt ?? (status === "deprecated" ? from : ends), ends);
  const stretch = (kind: Stretch["kind"], start: number, end: number): Stretch[] => (end > start ? [{ kind, left: percent(start), width: percent(end) - percent(start) }] : []);
  const whole = status === "draft" || (status === "retired" && sunsetAt === null);
  return {
    name, status, deprecatedAt, sunsetAt, successor: version.successor ?? null,
    stretches: whole ? stretch(status, from, to) : [...stretch("published", from, turns), ...stretch("deprecated", turns, ends), ...stretch("retired", ends, to)],
    brownouts: (version.brownouts ?? []).map((each) => ({ left: percent(Date.parse(each.from)), from: Date.parse(each.from), to: Date.parse(each.to) })),
  };
}

function statusOf({ status = "published", deprecated, sunset }: Version, now: number): Stretch["kind"] {
  const hasCome = (moment: string | undefined): boolean => moment !== undefined && Date.parse(moment) <= now;
  if (status === "draft") return "draft";
  if (status === "retired" || hasCome(sunset)) return "retired";
  return status === "deprecated" || hasCome(deprecated) ? "deprecated" : "published";
}
