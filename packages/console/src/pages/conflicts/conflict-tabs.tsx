/** What became of the conflicts: one tab each, with how many there were in the range. */
import { Skeleton } from "@mantine/core";
import type { ConflictSummary } from "@parley/contract/api/conflicts";
import { countText } from "../../format/quantities.ts";
import classes from "./conflicts.module.css";
import { conflictTabs, type ConflictsSearch, type ConflictTab, tabCounts } from "./filter.ts";

const words: Record<ConflictTab | "all", { title: string; hint: string }> = {
  all: { title: "All", hint: "on record in this range" },
  potential: { title: "Potential", hint: "two edit the same thing now" },
  lost: { title: "Lost", hint: "overwritten unnoticed" },
  prevented: { title: "Prevented", hint: "refused and explained here" },
  merged: { title: "Merged", hint: "both changes are in" },
  explained: { title: "Explained", hint: "refused by the upstream" },
};

interface ConflictTabsProps {
  search: ConflictsSearch;
  summary: ConflictSummary | undefined;
  /** Nothing comes, unless somebody tries again. */
  failed: boolean;
  onChange: (search: ConflictsSearch) => void;
}

export function ConflictTabs({ search, summary, failed, onChange }: ConflictTabsProps) {
  const counts = summary ? tabCounts(summary.kinds, summary.potential) : null;
  const { tab: chosen, ...filter } = search;
  return (
    <nav className={classes["tabs"]} aria-label="What became of them">
      {(["all", ...conflictTabs] as const).map((tab) => (
        <button key={tab} type="button" className={classes["tab"]} data-tab={tab} data-some={(counts?.[tab] ?? 0) > 0 || undefined} aria-current={(chosen ?? "all") === tab ? "page" : undefined} onClick={() => onChange(tab === "all" ? filter : { ...filter, tab })}>
          <span className={classes["tabTitle"]}>{words[tab].title}</span>
          {counts ? <strong>{countText(counts[tab])}</strong> : failed ? <strong>–</strong> : <Skeleton height={20} width={28} my={3} />}
          <small>{words[tab].hint}</small>
        </button>
      ))}
    </nav>
  );
}
