/** Changes between two OpenAPI documents, the breaking ones first, each with the consumers that it concerns. */
import { Chip, type Meaning } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import type { Answer } from "../../api/types.ts";
import { counted, countText } from "../../format/quantities.ts";
import classes from "./service-traffic.module.css";

export type Difference = Answer<"diffVersions">;
export type Change = Difference["changes"][number];

const meanings: Record<Change["severity"], Meaning> = { breaking: "error", unknown: "warning", "non-breaking": "neutral" };
const order: readonly Change["severity"][] = ["breaking", "unknown", "non-breaking"];
const mostShown = 300;

const columns: readonly Column<Change>[] = [
  { head: "Severity", cell: ({ severity }) => <Chip meaning={meanings[severity]}>{severity}</Chip> },
  { head: "Where", cell: ({ endpoint, place }) => <><code>{endpoint}</code>{place === "" ? "" : ` ${place}`}</> },
  { head: "What", cell: ({ message }) => message },
  { head: "Affected, in 30 days", cell: ({ affected }) => <Affected affected={affected} /> },
];

/** `first` is a column before the others. */
export function ChangesTable({ difference, first }: { difference: Difference; first?: Column<Change> }) {
  const changes = difference.changes.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  return (
    <>
      <p className={classes["quiet"]}>
        {counted(difference.counts.breaking, "breaking change")}, {counted(difference.counts.unknown, "change")} of unknown effect, {counted(difference.counts.nonBreaking, "other change")}.
      </p>
      <DataTable label="Changes" columns={first === undefined ? columns : [first, ...columns]} rows={changes.slice(0, mostShown)} rowKey={({ id }) => id} empty={<EmptyState title="The documents are equal" />} />
      {difference.truncated || changes.length > mostShown ? <p className={classes["quiet"]}>There are more changes than these.</p> : null}
    </>
  );
}

function Affected({ affected }: { affected: Change["affected"] }) {
  if (!affected) return <>nobody</>;
  if (affected.calls === 0) return <>no call{affected.sampled ? " of the sample" : ""}</>;
  return (
    <span className={classes["names"]}>
      {affected.consumers.map(({ consumer, calls }) => <span key={consumer ?? ""}>{consumer === null ? "without a key" : <EntityLink kind="consumer" name={consumer} />} {countText(calls)}</span>)}
      {affected.sampled ? <Chip title="Known of a sample of calls: there may be more">sample</Chip> : null}
    </span>
  );
}
