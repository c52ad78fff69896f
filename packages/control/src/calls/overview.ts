/** The overview as the admin API answers it: figures from rollups, compared with the range before, each leading to its calls. */
import type { overview, overviewQuery } from "@parley/contract/api/analysis";
import { allOf, between, term } from "@parley/contract/query/write";
import type { CallFigures, Overview, TopValue } from "@parley/stores/ports/call-figures";
import type { z } from "zod";
import { linked, rate } from "./linked-figures.ts";

const hourMs = 3_600_000;

export async function overviewFor(callLog: Pick<CallFigures, "overview">, asked: z.output<typeof overviewQuery>, { now, signal }: { now: number; signal: AbortSignal }): Promise<z.input<typeof overview>> {
  const { to = now, service = null, points, tops } = asked;
  const from = asked.from ?? to - hourMs;
  const found = await callLog.overview({ from, to: Math.max(to, from + 1), service, points, tops }, now, signal);
  const during = (range: { from: number; to: number }): string => allOf(between(range.from, range.to), service === null ? "" : term("service", service));
  // The end of a range that still runs is a minute that has not passed.
  const seconds = Math.max(1, (Math.min(found.to, now) - found.from) / 1_000);
  return {
    ...shown(found, during(found)),
    callsPerSecond: found.totals.calls / seconds,
    previous: asked.compare === "none" ? null : await previousOf(callLog, { found, service, points, now, signal, during }),
  };
}

function shown(found: Overview, query: string): Omit<z.input<typeof overview>, "callsPerSecond" | "previous"> {
  const { totals, tops } = found;
  const top = (field: "consumer" | "model" | "path", more: string) => (one: TopValue) => ({ ...one, query: allOf(query, term(field, one.value), field === "path" && one.service !== "" ? term("service", one.service) : "", more) });
  return {
    from: found.from, to: found.to, stepMs: found.stepMs,
    totals: linked(totals, query),
    errorRate: rate(totals.errors, totals.calls),
    conflictRate: rate(totals.conflicts, totals.calls),
    causes: found.causes.map(({ cause, calls }) => ({ cause, calls, rate: rate(calls, totals.calls) ?? 0, query: allOf(query, term("cause", cause)) })),
    statuses: found.statuses.map(({ status, calls }) => ({ status, calls, query: allOf(query, term("status", status)) })),
    services: found.services.map((one) => ({ ...linked(one, allOf(query, term("service", one.service))), service: one.service })),
    consumers: tops.consumer.map(top("consumer", "")),
    models: tops.model.map((one) => ({ ...one, query: allOf(query, term("model", one.value)) })),
    resources: tops.resource.map(top("path", "kind:http method:PUT,PATCH,POST,DELETE")),
    series: found.series,
  };
}

interface Before {
  found: Overview;
  service: string | null;
  points: number;
  now: number;
  signal: AbortSignal;
  during: (range: { from: number; to: number }) => string;
}

async function previousOf(callLog: Pick<CallFigures, "overview">, { found, service, points, now, signal, during }: Before): Promise<z.input<typeof overview>["previous"]> {
  const before = await callLog.overview({ from: found.from - (found.to - found.from), to: found.from, service, points, tops: 1 }, now, signal);
  return { from: before.from, to: before.to, totals: linked(before.totals, during(before)), causes: before.causes, series: before.series };
}
