/** The chosen call beside the list. */
import { ActionIcon, Skeleton, Tooltip } from "@mantine/core";
import type { CallRecord } from "@parley/contract/call-record";
import { IconArrowsDiagonal, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./call.module.css";
import { CallDetail } from "./call-detail.tsx";
import { useCall } from "./use-call.ts";

export function CallBeside({ id, known, onClose }: { id: string; known: CallRecord | undefined; onClose: () => void }) {
  const call = useCall(id, known);
  return (
    <aside className={classes["beside"]} aria-label="The chosen call">
      <div className={classes["besideHead"]}>
        <Tooltip label="Open on its own page">
          <ActionIcon variant="subtle" color="gray" size={28} component={Link} to={`/calls/${encodeURIComponent(id)}`} aria-label="Open on its own page">
            <IconArrowsDiagonal size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <ActionIcon variant="subtle" color="gray" size={28} onClick={onClose} aria-label="Close the detail">
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      </div>
      {call.data ? <CallDetail call={call.data} /> : call.error ? <ProblemNotice error={call.error} /> : <Skeleton height={90} m={16} />}
    </aside>
  );
}
