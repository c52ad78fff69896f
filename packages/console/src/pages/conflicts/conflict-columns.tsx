/** How the list draws a conflict. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { CauseChip, ConflictStateChip } from "../../components/conflict-chips.tsx";
import type { Column } from "../../components/data-table.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { When } from "../../components/now.tsx";
import classes from "./conflicts.module.css";

export const conflictColumns: readonly Column<ConflictRecord>[] = [
  { head: "When", cell: (record) => <span className={classes["moment"]}><When at={record.at} /></span> },
  { head: "Outcome", cell: (record) => <ConflictStateChip state={record.state} origin={record.origin} /> },
  {
    head: "Resource",
    cell: (record) => (
      <Link to="/conflicts/$id" params={{ id: record.id }} className={classes["resource"]}>
        {record.method ? `${record.method} ` : null}
        {record.resource}
      </Link>
    ),
  },
  { head: "Cause", cell: (record) => <CauseChip cause={record.cause} />, wideOnly: true },
  { head: "Who", cell: (record) => <Parties consumers={record.consumers} probable={record.probable ?? false} /> , wideOnly: true },
  { head: "Service", cell: (record) => <EntityLink kind="service" name={record.service} />, wideOnly: true },
];

export function Parties({ consumers, probable }: { consumers: readonly string[]; probable: boolean }) {
  const [first, ...others] = consumers;
  return (
    <span className={classes["parties"]}>
      <span title={first}>{first ?? "nobody known"}</span>
      {others.map((name, index) => (
        <Fragment key={name}>
          {" "}
          <span className={classes["other"]}>
            <span className={classes["against"]}>{index === 0 ? "against " : "and "}</span>
            <span title={name}>{name === "bypass" ? "somebody past the gateway" : name}</span>
          </span>
        </Fragment>
      ))}
      {probable ? <span className={classes["against"]}> (probably)</span> : null}
    </span>
  );
}
