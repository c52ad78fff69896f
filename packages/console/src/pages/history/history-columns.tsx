/** How the history draws a revision. */
import { Button } from "@mantine/core";
import type { Revision } from "@parley/contract/api/resource-history";
import { Link } from "@tanstack/react-router";
import { Chip } from "../../components/chip.tsx";
import type { Column } from "../../components/data-table.tsx";
import { When } from "../../components/now.tsx";
import classes from "./history.module.css";

export function historyColumns(open: (revision: number) => void): readonly Column<Revision>[] {
  return [
    { head: "Revision", cell: ({ revision }) => revision },
    { head: "", cell: ({ current }) => (current ? <Chip meaning="accent">current</Chip> : null) },
    { head: "Who", cell: ({ by }) => <Author by={by} /> },
    { head: "When", cell: ({ at }) => <When at={at} /> },
    { head: "How", cell: ({ method, callId }) => (callId && method ? <Link to="/calls/$id" params={{ id: callId }}>{method}</Link> : (method ?? "–")), wideOnly: true },
    { head: "Tag", cell: ({ tag }) => (tag ? <code className={classes["tag"]}>{tag}</code> : <span className={classes["quiet"]}>not seen</span>), wideOnly: true },
    {
      head: "Body",
      right: true,
      cell: ({ kept, revision }) =>
        kept ? (
          <Button variant="default" aria-label={`Open revision ${revision}`} onClick={() => open(revision)}>
            Open
          </Button>
        ) : (
          <span className={classes["quiet"]}>not stored</span>
        ),
    },
  ];
}

function Author({ by }: { by: string }) {
  if (by === "") return <span className={classes["quiet"]}>was there before</span>;
  if (by === "bypass") return <Chip meaning="warning" title="Written past the gateway">bypass</Chip>;
  return by.startsWith("console:") ? <>{by.slice("console:".length)} <Chip>brought back</Chip></> : <>{by}</>;
}
