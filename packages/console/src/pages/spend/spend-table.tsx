/** The sums by name, with each one's share of the whole. */
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { Section } from "../../components/page.tsx";
import { costText, countText } from "../../format/quantities.ts";
import type { SpendGroup } from "./search.ts";
import { nameText, type SpendSum, totalOf } from "./spend-figures.ts";
import classes from "./spend.module.css";

export function SpendTable({ by, sums }: { by: SpendGroup; sums: readonly SpendSum[] }) {
  const whole = totalOf(sums).costNanoUsd;
  const columns: readonly Column<SpendSum>[] = [
    { head: by.replace(/^./, (letter) => letter.toUpperCase()), cell: ({ name }) => <Name by={by} name={name} /> },
    { head: "Cost", right: true, sortBy: ({ costNanoUsd }) => costNanoUsd, cell: ({ costNanoUsd, calls, unpricedCalls }) => (unpricedCalls >= calls && costNanoUsd === 0 ? <Chip meaning="warning">not known</Chip> : costText(costNanoUsd / 1_000_000_000)) },
    { head: "Share", right: true, wideOnly: true, cell: ({ costNanoUsd, name }) => <Share part={whole === 0 ? 0 : costNanoUsd / whole} name={nameText(name)} /> },
    { head: "Calls", right: true, sortBy: ({ calls }) => calls, cell: ({ calls }) => countText(calls) },
    { head: "A call", right: true, wideOnly: true, cell: ({ costNanoUsd, calls, unpricedCalls }) => (calls > unpricedCalls ? costText(costNanoUsd / 1_000_000_000 / (calls - unpricedCalls)) : "–") },
    { head: "Input", right: true, wideOnly: true, sortBy: ({ inputTokens }) => inputTokens, cell: ({ inputTokens }) => countText(inputTokens) },
    { head: "Output", right: true, wideOnly: true, sortBy: ({ outputTokens }) => outputTokens, cell: ({ outputTokens }) => countText(outputTokens) },
    { head: "Without a price", right: true, wideOnly: true, cell: ({ unpricedCalls }) => (unpricedCalls === 0 ? "–" : countText(unpricedCalls)) },
  ];
  return (
    <Section title={`By ${by}`}>
      <DataTable label={`Spend by ${by}`} columns={columns} rows={sums} rowKey={({ name }) => name ?? "\0"} />
    </Section>
  );
}

function Name({ by, name }: { by: SpendGroup; name: string | null }) {
  if (name === null) return <>{nameText(name)}</>;
  if (by === "consumer" && name !== "playground") return <EntityLink kind="consumer" name={name} />;
  if (by === "provider") return <EntityLink kind="provider" name={name} />;
  return by === "model" ? <code>{name}</code> : <>{name}</>;
}

function Share({ part, name }: { part: number; name: string }) {
  return (
    <span className={classes["share"]}>
      <progress max={1} value={part} aria-label={`${name}'s share`} />
      <span className={classes["percent"]}>{`${(part * 100).toFixed(part >= 0.1 || part === 0 ? 0 : 1)} %`}</span>
    </span>
  );
}
