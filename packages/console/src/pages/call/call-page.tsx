/** One call: what happened, where the time went, and how to make it again. */
import { Skeleton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { LinkButton } from "../../components/link-button.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./call.module.css";
import { CallDetail } from "./call-detail.tsx";
import { useCall } from "./use-call.ts";

export function CallPage() {
  const { id } = useParams({ from: "/shell/calls/$id" });
  const call = useCall(id);
  const back = (
    <LinkButton variant="default" leftSection={<IconArrowLeft size={14} />} to="/calls">
      All calls
    </LinkButton>
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
