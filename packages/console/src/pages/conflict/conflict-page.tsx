/** One conflict: who read and wrote what when, what differs, what the gateway did, and what would have prevented it. */
import { Skeleton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import { Below } from "../../components/below.tsx";
import { CauseChip, ConflictStateChip } from "../../components/conflict-chips.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { When } from "../../components/now.tsx";
import { Page, Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { absoluteText, withMoments } from "../../format/moments.ts";
import { ProtectionAdvice } from "../../protection/protection-advice.tsx";
import { Parties } from "../conflicts/conflict-columns.tsx";
import { ConflictFacts } from "./conflict-facts.tsx";
import classes from "./conflict.module.css";
import { differencesOf } from "./differences.ts";
import { NextStepSection } from "./next-step-section.tsx";
import { preventionOf } from "./prevention.ts";
import { Timeline } from "./timeline.tsx";
import { useBase } from "./use-base.ts";
import { ThreeWayView } from "./three-way-view.tsx";
import { leadText } from "./lead-text.ts";
import { whatWasDone } from "./what-was-done.ts";

export function ConflictPage() {
  const { id } = useParams({ from: "/shell/conflicts/$id" });
  const conflict = useQuery({ ...reading("getConflict", { path: { id } }), refetchInterval: 10_000 });
  const back = (
    <LinkButton variant="default" leftSection={<IconArrowLeft size={14} />} to="/conflicts">
      All conflicts
    </LinkButton>
  );
  return (
    <Page title="Conflict" name={conflict.data ? `Conflict on ${conflict.data.resource}` : "Conflict"} aside={<code className={classes["pageId"]}>{id}</code>} actions={back}>
      {conflict.error && !conflict.data ? <ProblemNotice error={conflict.error} onRetry={() => void conflict.refetch()} /> : null}
      {conflict.isLoading ? <Skeleton height={160} /> : null}
      {conflict.data ? <ConflictDetail record={conflict.data} /> : null}
    </Page>
  );
}

function WayOut({ record }: { record: ConflictRecord }) {
  const status = useQuery(reading("getStatus"));
  // Its change is in.
  if (record.state === "merged") return null;
  if (record.next) return <NextStepSection title="What the client does next" next={record.next} />;
  const prevention = record.state === "lost" && status.data ? preventionOf(record, status.data.gatewayPublicUrl) : null;
  return prevention ? <NextStepSection title="What the client does to prevent it" next={prevention} /> : null;
}

function ConflictDetail({ record }: { record: ConflictRecord }) {
  const rows = differencesOf(record, useBase(record));
  const advice = useQuery(reading("adviseOnConflicts", { query: { service: record.service } }));
  return (
    <div className={classes["detail"]}>
      <div className={classes["verdict"]}>
        <div className={classes["request"]}>
          <ConflictStateChip state={record.state} origin={record.origin} />
          <CauseChip cause={record.cause} />
          <code>
            {record.method} {record.resource}
          </code>
        </div>
        <p>{withMoments(record.detail, record.at)}</p>
        <p className={classes["parties"]}>
          <Parties consumers={record.consumers} probable={record.probable ?? false} />
          {leadText(record)}
        </p>
        {record.consumers.includes("bypass") ? (
          <>
            <p>The change was made past the gateway, so Parley can detect it but not prevent it.</p>
            <div>
              <LinkButton variant="default" to="/bypasses" search={{ service: record.service }}>
                Where they come from, and how to end it
              </LinkButton>
            </div>
          </>
        ) : null}
        <small>
          <When at={record.at} />, {absoluteText(record.at)}
        </small>
      </div>
      <Timeline record={record} />
      {rows.length > 0 ? (
        <Section title="What differs" hint={record.state === "lost" ? "These places were changed by somebody else and then overwritten. For an observed service, values are not stored." : undefined}>
          <ThreeWayView rows={rows} truncated={record.truncated ?? false} />
        </Section>
      ) : null}
      <Section title="What Parley did">
        <p className={classes["sentence"]}>{whatWasDone(record)}</p>
      </Section>
      <WayOut record={record} />
      <Section title="What would have prevented it" hint="The last week's conflicts of this service, replayed with other settings.">
        <ProtectionAdvice service={record.service} />
      </Section>
      <Below ready={!advice.isLoading}>
        <ConflictFacts record={record} />
      </Below>
    </div>
  );
}
