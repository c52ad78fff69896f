/** One call: what happened, where the time went, and how to make it again. */
import { Button, Skeleton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./call.module.css";
import { CallDetail } from "./call-detail.tsx";
import { useCall } from "./use-call.ts";

export function CallPage() {
  const { id } = useParams({ from: "/shell/calls/$id" });
  const call = useCall(id);
  const back = (
    <Button variant="default" leftSection={<IconArrowLeft size={14} />} component={Link} to="/calls">
      All calls
    </Button>
  );
  return (
    <Page title="Call" name={`Call ${id}`} aside={<code className={classes["pageId"]}>{id}</code>} actions={back}>
      {call.error && !call.data ? <ProblemNotice error={call.error} onRetry={() => void call.refetch()} /> : null}
      {call.isLoading ? <Skeleton height={120} /> : null}
      {call.data ? (
        <div className={classes["alone"]}>
          <CallDetail call={call.data} />
        </div>
      ) : null}
    </Page>
  );
}
