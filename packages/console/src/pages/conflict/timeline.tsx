/** The lanes of a conflict, from the calls and the revisions of its resource. */
import { Skeleton } from "@mantine/core";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Section } from "../../components/page.tsx";
import classes from "./conflict.module.css";
import { LaneChart } from "./lane-chart.tsx";
import { lanesOf } from "./lanes.ts";

const beforeMs = 15 * 60_000;
const afterMs = 60_000;
/** Of two who met, so that nothing below moves when they come. */
const usualHeightPx = 190;

export function Timeline({ record }: { record: ConflictRecord }) {
  const { service, resource } = record;
  const calls = useQuery(reading("listCalls", { query: { service, path: resource, from: record.at - beforeMs, to: record.at + afterMs, limit: 300 } }));
  const history = useQuery(reading("getHistory", { query: { service, resource, limit: 200 } }));
  if (calls.isLoading || history.isLoading) return <Skeleton height={usualHeightPx} />;
  const lanes = lanesOf(record, calls.data?.items ?? [], history.data?.items ?? []);
  return (
    <Section title="Who read and wrote it" hint="In order of time; each mark opens its call.">
      {lanes.places > 0 ? <LaneChart {...lanes} /> : <p className={classes["quiet"]}>The call log has no calls of this resource from that time.</p>}
    </Section>
  );
}
