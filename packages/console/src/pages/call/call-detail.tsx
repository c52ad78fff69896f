/** All that is known of one call, the verdict first. Beside the list and on its own page it is the same. */
import type { CallRecord } from "@parley/contract/call-record";
import { useMemo } from "react";
import { CauseChip } from "../../components/conflict-chips.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { Notice } from "../../components/notice.tsx";
import { absoluteText } from "../../format/moments.ts";
import { oneDirection } from "../../format/one-direction.ts";
import { StatusChip, statusMeaning } from "../../components/status-chip.tsx";
import { When } from "../../components/now.tsx";
import classes from "./call.module.css";
import { ExchangeSection } from "./conversation/exchange-section.tsx";
import { CallFacts } from "./call-facts.tsx";
import { ErrorExplanation } from "./error-explanation.tsx";
import { Repeat } from "./repeat.tsx";
import { ReplaySection } from "./replay-section.tsx";
import { timelineOf } from "./timeline.ts";
import { TimelineChart } from "./timeline-chart.tsx";
import { verdictOf } from "./verdict.ts";

export function CallDetail({ call }: { call: CallRecord }) {
  const bars = useMemo(() => timelineOf(call), [call]);
  return (
    <div className={classes["detail"]}>
      <div className={classes["verdict"]} data-meaning={statusMeaning(call.status)}>
        <div className={classes["request"]}>
          <StatusChip status={call.status} />
          <code title={call.path}>
            {oneDirection(`${call.method} ${call.path}`)}
          </code>
        </div>
        <p>{verdictOf(call)}</p>
        <small>
          <When at={call.at} />, {absoluteText(call.at)}
        </small>
      </div>
      {call.error ? <ErrorExplanation call={call} code={call.error} /> : null}
      {call.conflict ? (
        <Notice meaning="accent" title="This call met a conflict" action={<LinkButton variant="default" to="/conflicts/$id" params={{ id: call.conflict }}>Who, what and why</LinkButton>}>
          {call.cause ? <span><CauseChip cause={call.cause} /></span> : null}
        </Notice>
      ) : null}
      {(call.warnings ?? []).map((warning) => (
        <Notice key={warning} meaning="warning" title="Translated with a loss">
          {warning}
        </Notice>
      ))}
      {bars.length > 0 ? (
        <section>
          <h2>Where the time went</h2>
          <TimelineChart bars={bars} wholeMs={call.durationMs} />
        </section>
      ) : null}
      <ExchangeSection call={call} />
      <CallFacts call={call} />
      <Repeat call={call} />
      <ReplaySection key={call.id} call={call} />
    </div>
  );
}
