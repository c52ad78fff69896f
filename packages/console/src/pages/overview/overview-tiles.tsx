/** The figures on top. Each is a link to its calls, says how it moved, and leads to what moved it. */
import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { costText, countText, durationText, percentText, rateText, shortCountText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import type { ObserveSearch } from "../../observe/search.ts";
import type { ChangeMeasure } from "../analysis/search.ts";
import { type Change, changeOf } from "./change.ts";
import classes from "./overview.module.css";

export type Overview = Answer<"getOverview">;

interface Tile {
  name: string;
  value: string;
  note: string;
  query: string;
  change: Change | null;
  /** By which it is explained. */
  measure: ChangeMeasure | null;
}

const tileNames = ["Rate", "Errors", "Latency, p95", "Conflicts", "Tokens", "Cost"];

/** `search` goes along to what explains a figure. */
export function OverviewTiles({ overview, search }: { overview: Overview | undefined; search: ObserveSearch }) {
  if (!overview) {
    return (
      <Tiles>
        {tileNames.map((name) => (
          <div key={name} className={classes["tile"]}>
            <span>{name}</span>
            <Skeleton height={24} width="60%" />
            <Skeleton height={12} width="80%" />
          </div>
        ))}
      </Tiles>
    );
  }
  return (
    <Tiles>
      {tilesOf(overview).map((tile) => (
        <div key={tile.name} className={classes["tile"]}>
          <span>{tile.name}</span>
          <CallsLink query={tile.query} title="Show the calls">
            <strong>{tile.value}</strong>
          </CallsLink>
          <small>
            {tile.note}
            {tile.change ? <Chip meaning={tile.change.meaning} title="compared with the period before">{tile.change.text}</Chip> : null}
            {tile.change?.moved && tile.measure ? <Link to="/analysis" search={{ ...search, view: "changes", change: tile.measure }} aria-label={`Why? ${tile.name}`}>Why?</Link> : null}
          </small>
        </div>
      ))}
    </Tiles>
  );
}

function Tiles({ children }: { children: ReactNode }) {
  return <div className={classes["tiles"]}>{children}</div>;
}

function tilesOf(overview: Overview): Tile[] {
  const { totals, previous, errorRate, conflictRate, callsPerSecond } = overview;
  const before = previous?.totals;
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const tokens = totals.inputTokens + totals.outputTokens;
  return [
    { name: "Rate", value: rateText(callsPerSecond), note: `${countText(totals.calls)} calls`, query: totals.queries.calls, change: changeOf(totals.calls, before?.calls, null), measure: "calls" },
    {
      name: "Errors", value: percentText(errorRate), note: `${countText(totals.errors)} failed, ${countText(totals.refused)} refused`, query: totals.queries.errors,
      change: changeOf(errorRate, before && share(before.errors, before.calls), "up"), measure: "errors",
    },
    {
      name: "Latency, p95", value: totals.p95Ms === null ? "–" : durationText(totals.p95Ms), note: totals.p50Ms === null ? "" : `p50 ${durationText(totals.p50Ms)}, p99 ${durationText(totals.p99Ms ?? 0)}`,
      query: totals.p95Ms === null ? totals.queries.calls : `${totals.queries.calls} latency:>=${totals.p95Ms.toFixed(3)}ms`, change: changeOf(totals.p95Ms, before?.p95Ms, "up"), measure: "latency",
    },
    { name: "Conflicts", value: percentText(conflictRate), note: `${countText(totals.conflicts)} calls`, query: totals.queries.conflicts, change: changeOf(conflictRate, before && share(before.conflicts, before.calls), "up"), measure: "conflicts" },
    {
      name: "Tokens", value: shortCountText(tokens), note: `${shortCountText(totals.inputTokens)} in, ${shortCountText(totals.outputTokens)} out`, query: `${totals.queries.calls} kind:ai`,
      change: changeOf(tokens, before && before.inputTokens + before.outputTokens, null), measure: null,
    },
    { name: "Cost", value: costText(totals.costUsd), note: "of AI calls", query: `${totals.queries.calls} cost:>0`, change: changeOf(totals.costUsd, before?.costUsd, null), measure: "costUsd" },
  ];
}
