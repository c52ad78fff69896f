/** How far a rollout is that goes on by itself: its share, what it waits for, the tests of the last look, what was decided, and the hand on it. */
import { Button } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip, type Meaning } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Facts } from "../../components/facts.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { countText, durationText } from "../../format/quantities.ts";
import classes from "./service-traffic.module.css";

type Rollout = Answer<"getRollout">;
type Event = Rollout["events"][number];

const meanings: Record<Rollout["phase"], Meaning> = { running: "neutral", paused: "warning", promoted: "ok", "rolled-back": "error", manual: "neutral" };
const measures: Record<Rollout["tests"][number]["measure"], string> = { errors: "Errors", conflicts: "Conflicts", latency: "Latency" };
const orders = { promote: "Next share now", pause: "Pause", resume: "Resume", restart: "Begin anew", rollback: "Take back" } as const;
type Order = keyof typeof orders;
const possible: Record<Rollout["phase"], readonly Order[]> = { running: ["promote", "pause", "rollback"], paused: ["resume", "promote", "rollback"], promoted: ["rollback", "restart"], "rolled-back": ["restart"], manual: [] };

const columns: readonly Column<Event>[] = [
  { head: "When", cell: ({ at }) => <When at={at} /> },
  { head: "Became", cell: ({ phase, percent }) => <Chip meaning={meanings[phase]}>{`${phase}, ${percent} %`}</Chip> },
  { head: "By", cell: ({ actor }) => actor },
  { head: "Why", cell: ({ why }) => why },
];

interface ArmRow {
  name: string;
  figures: Rollout["arms"]["release"];
}

const armColumns: readonly Column<ArmRow>[] = [
  { head: "", cell: ({ name }) => name },
  { head: "Calls", right: true, cell: ({ figures }) => countText(figures.calls) },
  { head: "Errors", right: true, cell: ({ figures }) => countText(figures.errors) },
  { head: "Conflicts", right: true, cell: ({ figures }) => countText(figures.conflicts) },
  { head: "Half within", right: true, cell: ({ figures }) => (figures.p50Ms === null ? "–" : durationText(figures.p50Ms)) },
  { head: "95 % within", right: true, cell: ({ figures }) => (figures.p95Ms === null ? "–" : durationText(figures.p95Ms)) },
];

export function RolloutProgress({ name }: { name: string }) {
  const rollout = useQuery({ ...reading("getRollout", { path: { name } }), refetchInterval: 5_000, placeholderData: keepPreviousData });
  const client = useQueryClient();
  const ordering = useMutation({ mutationFn: (order: Order) => call("orderRollout", { path: { name }, body: { order } }), onSuccess: () => client.invalidateQueries() });
  if (!rollout.data) return rollout.error ? <ProblemNotice error={rollout.error} /> : null;
  const { phase, percent, events } = rollout.data;
  return (
    <>
      <div className={classes["row"]}>
        <Chip meaning={meanings[phase]}>{phase}</Chip>
        <progress className={classes["share"]} max={100} value={percent} aria-label="Share of the release" />
        <span>{percent} %</span>
      </div>
      {phase === "running" || phase === "paused" ? (
        <>
          <Facts facts={factsOf(rollout.data)} />
          <Judged tests={rollout.data.tests} />
        </>
      ) : null}
      {rollout.data.decision ? <Decided decision={rollout.data.decision} /> : null}
      <May do="orderRollout">
        {(disabled) => (
          <div className={classes["row"]}>
            {possible[phase].map((order) => (
              <Button key={order} size="xs" variant="default" {...(order === "rollback" ? { color: "danger" } : {})} disabled={disabled} loading={ordering.isPending && ordering.variables === order} onClick={() => ordering.mutate(order)}>{orders[order]}</Button>
            ))}
          </div>
        )}
      </May>
      {ordering.error ? <ProblemNotice error={ordering.error} /> : null}
      <DataTable label="Decisions" columns={columns} rows={events.toReversed()} rowKey={({ at, phase: became }) => `${at} ${became}`} />
    </>
  );
}

function factsOf({ next, minCalls, everyMs, since, to, looks, arms }: Rollout): { name: string; value: string }[] {
  const figures = [
    { name: "Calls of the release", value: `${countText(arms.release.calls)} at this share${minCalls === null ? "" : `, ${countText(minCalls)} needed`}` },
    { name: "At this share for", value: `${durationText(Math.max(0, to - since))}${everyMs === null ? "" : ` of ${durationText(everyMs)}`}, looked at ${looks} ${looks === 1 ? "time" : "times"}` },
  ];
  return next === null ? figures : [{ name: "Next share", value: `${next} %` }, ...figures];
}

/** What the rollout itself decided last, with the figures that it was made by: they are gone from the arms once the share has changed. */
function Decided({ decision }: { decision: NonNullable<Rollout["decision"]> }) {
  const { at, since, of, phase, percent, why, arms, tests } = decision;
  return (
    <section className={classes["arm"]} aria-label="Last decision">
      <h3>Last decision: {phase}, {percent} %</h3>
      <p className={classes["quiet"]}><When at={at} />, after {durationText(Math.max(0, at - since))} at {of} %: {why}</p>
      <DataTable label="Figures of the last decision" columns={armColumns} rows={[{ name: "Release", figures: arms.release }, { name: "Stable", figures: arms.baseline }]} rowKey={({ name }) => name} />
      <Judged tests={tests} />
    </section>
  );
}

function Judged({ tests }: Pick<Rollout, "tests">) {
  return (
    <div className={classes["row"]}>
      {tests.map(({ measure, test, p, threshold, worse, tooFewCallers }) => (
        <Chip key={measure} meaning={worse ? "error" : tooFewCallers ? "warning" : "neutral"} title={`${test}, one-sided: p = ${p.toPrecision(2)}; worse below ${threshold.toPrecision(2)}`}>
          {`${measures[measure]}: ${worse ? "worse" : tooFewCallers ? `too few callers to tell (${tooFewCallers.release} and ${tooFewCallers.baseline})` : "no worse"}`}
        </Chip>
      ))}
    </div>
  );
}
