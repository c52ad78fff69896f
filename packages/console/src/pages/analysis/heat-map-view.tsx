/** Calls by time and latency. An area that is dragged over is compared with everything: why is it different? */
import { Button, Skeleton } from "@mantine/core";
import { allOf } from "@parley/contract/query/write";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Below } from "../../components/below.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./analysis.module.css";
import { DifferenceTable } from "./difference-table.tsx";
import { HeatMap } from "./heat-map.tsx";
import type { ViewProps } from "./view-props.ts";

const usualSelections = [
  { label: "Failed calls", query: "status:500..599" },
  { label: "Refused calls", query: "status:400..499" },
  { label: "Conflicts", query: "cause:*" },
  { label: "Slower than 1 s", query: "latency:>1s" },
];

export function HeatMapView({ search, onSearch, asked }: ViewProps) {
  const answer = useQuery({ ...reading("heatMap", { query: asked }), placeholderData: keepPreviousData });
  const select = (selection: string | null) => {
    const { selection: _, ...rest } = search;
    onSearch(selection === null ? rest : { ...rest, selection });
  };
  return (
    <>
      {answer.error ? <ProblemNotice error={answer.error} onRetry={() => void answer.refetch()} /> : null}
      {answer.isLoading ? <Skeleton height={300} /> : null}
      {answer.data?.cells.length === 0 ? <EmptyState title="No call in this range matches the filter">Choose a wider range, or clear the filter.</EmptyState> : null}
      {answer.data && answer.data.cells.length > 0 ? (
        <>
          <HeatMap heatMap={answer.data} onSelect={(area) => select(area)} />
          <div className={classes["choices"]}>
            <span className={classes["quiet"]}>Drag over an area to ask why it is different, or take:</span>
            {usualSelections.map(({ label, query }) => (
              <Button key={query} variant={search.selection === query ? "light" : "default"} aria-pressed={search.selection === query} onClick={() => select(search.selection === query ? null : query)}>
                {label}
              </Button>
            ))}
          </div>
        </>
      ) : null}
      {search.selection ? (
        <Below ready={!answer.isLoading}>
          <DifferenceTable selection={search.selection} asked={asked} onClear={() => select(null)} onFilter={(query) => onSearch({ ...search, q: allOf(search.q ?? "", query) })} />
        </Below>
      ) : null}
    </>
  );
}
