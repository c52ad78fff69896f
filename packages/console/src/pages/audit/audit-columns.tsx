/** One line of the audit; its changes unfold. */
import type { AuditEntry } from "@parley/contract/api/system";
import { Chip, type Meaning } from "../../components/chip.tsx";
import type { Column } from "../../components/data-table.tsx";
import { When } from "../../components/now.tsx";
import { counted } from "../../format/quantities.ts";
import classes from "./audit.module.css";

const meanings: Partial<Record<AuditEntry["action"], Meaning>> = { delete: "error", create: "ok", "sign-in-failed": "warning" };

export const auditColumns: readonly Column<AuditEntry>[] = [
  { head: "When", cell: (entry) => <span className={classes["moment"]}><When at={entry.at} /></span> },
  { head: "Who", cell: (entry) => entry.actor },
  { head: "Did", cell: (entry) => <Chip meaning={meanings[entry.action] ?? "neutral"}>{entry.action}</Chip> },
  { head: "What", cell: (entry) => <>{entry.kind} <strong className={classes["name"]}>{entry.name}</strong></> },
  { head: "Changes", cell: (entry) => <Changes entry={entry} />, wideOnly: true },
  { head: "From", cell: (entry) => (entry.clientAddress ? <code>{entry.clientAddress}</code> : null), wideOnly: true },
];

function Changes({ entry }: { entry: AuditEntry }) {
  if (entry.changes.length === 0) return null;
  return (
    <details className={classes["changes"]}>
      <summary>{counted(entry.changes.length, "change")}</summary>
      <ul>
        {entry.changes.map((change) => (
          <li key={`${change.op} ${change.path}`}>
            <span>{change.op}</span> <code>{change.path || "/"}</code>
            {change.op === "remove" ? null : <code className={classes["value"]}>{JSON.stringify(change.value)}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}
