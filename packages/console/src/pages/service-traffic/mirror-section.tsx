/** How the answers of the service's mirror compare with its own: what share is alike, and where the others differ, each with an example. */
import { Button } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Facts } from "../../components/facts.tsx";
import { May } from "../../components/may.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted, countText, durationText } from "../../format/quantities.ts";
import { alikeText } from "./mirror.ts";
import classes from "./service-traffic.module.css";

type Report = Answer<"getMirror">;
type Place = Report["places"][number];

const columns: readonly Column<Place>[] = [
  { head: "Where", cell: (place) => <code>{placeText(place)}</code> },
  { head: "Calls", right: true, cell: ({ calls }) => countText(calls) },
  { head: "The service answered", cell: ({ example }) => <Said value={example.service} /> },
  { head: "The mirror answered", cell: ({ example }) => <Said value={example.mirror} /> },
  { head: "For example", cell: ({ example }) => <Link to="/calls/$id" params={{ id: example.call }}>{example.method} {example.path}</Link> },
];

export function MirrorSection({ name }: { name: string }) {
  const report = useQuery({ ...reading("getMirror", { path: { name } }), refetchInterval: 5_000, placeholderData: keepPreviousData });
  const client = useQueryClient();
  const forgetting = useMutation({ mutationFn: () => call("forgetMirror", { path: { name } }), onSuccess: () => client.invalidateQueries() });
  const again = (
    <May do="forgetMirror">{(disabled) => <Button variant="default" size="xs" disabled={disabled} loading={forgetting.isPending} onClick={() => forgetting.mutate()}>Reset counts</Button>}</May>
  );
  return (
    <Section title="Mirror" hint={report.data ? hintOf(report.data.mirror) : ""} actions={again}>
      {report.error ? <ProblemNotice error={report.error} /> : null}
      {forgetting.error ? <ProblemNotice error={forgetting.error} /> : null}
      {report.data ? <Compared report={report.data} /> : null}
    </Section>
  );
}

function Compared({ report }: { report: Report }) {
  if (report.equalShare === null && report.failed === 0) return <EmptyState title="No answer has been compared yet">A copy is sent after its caller has the answer. {leftOut(report)}</EmptyState>;
  return (
    <>
      <div className={classes["row"]}>
        <Chip meaning={report.different === 0 && report.failed === 0 ? "ok" : "warning"}>{alikeText(report)}</Chip>
        {report.failures.map(({ code, calls }) => <Chip key={code} meaning="error">{`${code}: ${countText(calls)}`}</Chip>)}
      </div>
      <Facts
        facts={[
          { name: "Median", value: timesText(report.times.service.p50Ms, report.times.mirror.p50Ms) },
          { name: "95th percentile", value: timesText(report.times.service.p95Ms, report.times.mirror.p95Ms) },
          report.bodiesTooLong > 0 ? { name: "Bodies too long", value: `${counted(report.bodiesTooLong, "answer")}, compared by status and headers alone` } : null,
          report.dropped + report.skipped > 0 ? { name: "Left out", value: leftOut(report) } : null,
        ]}
      />
      <DataTable label="Where answers differ" columns={columns} rows={report.places} rowKey={(place) => `${place.in} ${place.at}`} empty={<EmptyState title="All compared answers are equal" />} />
      {report.elsewhere > 0 ? <p className={classes["quiet"]}>{counted(report.elsewhere, "difference")} in more places than are listed.</p> : null}
    </>
  );
}

function Said({ value }: { value: string | null }) {
  return value === null ? <span className={classes["quiet"]}>nothing</span> : <code className={classes["said"]}>{value}</code>;
}

function placeText({ in: part, at }: Place): string {
  if (part === "status") return "status";
  if (part === "header") return `header ${at}`;
  return at === "" ? "body" : at;
}

function hintOf({ version, target, of, percent, methods, ignore }: Report["mirror"]): string {
  const ignored = ignore.length === 0 ? "" : ` ${ignore.join(", ")} may differ.`;
  return `${percent} % of the ${methods.join(" and ")} calls${of === null ? "" : ` of ${of}`} are copied to ${version ?? target}, once their callers have their answers.${ignored}`;
}

function leftOut({ dropped, skipped }: Report): string {
  const parts = [...(dropped > 0 ? [`${counted(dropped, "call")} while too many copies were under way`] : []), ...(skipped > 0 ? [`${counted(skipped, "call")} with nothing to compare`] : [])];
  return parts.join(", ");
}

function timesText(service: number | null, mirror: number | null): string {
  return service === null || mirror === null ? "–" : `${durationText(service)} of the service, ${durationText(mirror)} of the mirror`;
}
