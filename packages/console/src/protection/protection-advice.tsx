/** What each setting would have made of the service's conflicts, with the button that turns the best one on. */
import { Skeleton } from "@mantine/core";
import type { ReplayedOption } from "@parley/contract/api/conflict-advice";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../api/queries.ts";
import { Chip } from "../components/chip.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { countText } from "../format/quantities.ts";
import { optionText } from "./option-text.ts";
import classes from "./protection.module.css";
import { ProtectionPreview } from "./protection-preview.tsx";

const mostOperations = 5;

export function ProtectionAdvice({ service }: { service: string }) {
  const advice = useQuery(reading("adviseOnConflicts", { query: { service } }));
  const [chosen, setChosen] = useState<string | null>(null);
  if (advice.error) return <ProblemNotice error={advice.error} onRetry={() => void advice.refetch()} />;
  const [found] = advice.data?.items ?? [];
  if (!found) return <Skeleton height={80} />;
  const options = found.options.filter(({ mode }) => mode !== "observe" || found.best !== null);
  const proposed = options.find((option) => optionText(option) === chosen) ?? found.best ?? options.find(({ current }) => current) ?? options.find(({ mode, strategy }) => mode === "require" && strategy === "reject");
  return (
    <div className={classes["advice"]}>
      <p className={classes["sentence"]}>{found.sentence}</p>
      {found.operations.length > 1 ? (
        <ul className={classes["operations"]}>
          {found.operations.slice(0, mostOperations).map(({ method, pattern, sentence }) => (
            <li key={`${method} ${pattern}`}>{sentence}</li>
          ))}
        </ul>
      ) : null}
      {found.conflicts > 0 ? <DataTable label="What each setting would have done" columns={columns(found.conflicts, proposed ? optionText(proposed) : "", setChosen)} rows={options} rowKey={optionText} /> : null}
      {proposed ? <ProtectionPreview key={optionText(proposed)} service={service} option={proposed} /> : null}
    </div>
  );
}

function columns(total: number, chosen: string, choose: (option: string) => void): readonly Column<ReplayedOption>[] {
  const count = (verdict: keyof ReplayedOption["counts"]) => (option: ReplayedOption) => (option.counts[verdict] > 0 ? countText(option.counts[verdict]) : <span className={classes["none"]}>–</span>);
  return [
    {
      head: "Setting",
      cell: (option) => (
        <button type="button" className={classes["option"]} aria-pressed={optionText(option) === chosen} onClick={() => choose(optionText(option))}>
          {optionText(option)}
        </button>
      ),
    },
    { head: "", cell: (option) => (option.current ? <Chip meaning="accent">now</Chip> : null) },
    { head: "Solved", cell: (option) => `${countText(option.solved)} of ${countText(total)}`, right: true },
    { head: "Merged", cell: count("merged"), right: true, wideOnly: true },
    { head: "Prevented", cell: count("prevented"), right: true, wideOnly: true },
    { head: "Repeated", cell: count("passed"), right: true, wideOnly: true },
    { head: "Restorable", cell: count("restorable"), right: true, wideOnly: true },
    { head: "Refused", cell: count("refused"), right: true, wideOnly: true },
    { head: "Unguarded", cell: count("unguarded"), right: true, wideOnly: true },
    { head: "Lost", cell: count("lost"), right: true },
    { head: "Not known", cell: count("unknown"), right: true, wideOnly: true },
  ];
}
