/** The versions' lives on one axis, and who still calls which. */
import type { ServiceSource } from "@parley/contract/config/service";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip, type Meaning } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { useNow, When } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { absoluteText } from "../../format/moments.ts";
import { countText } from "../../format/quantities.ts";
import classes from "./service-traffic.module.css";
import { timelineOf, type VersionLine } from "./timeline.ts";

type Versions = NonNullable<ServiceSource["versions"]>;
type Groups = Answer<"analyse">["groups"];

const meanings: Record<VersionLine["status"], Meaning> = { published: "ok", deprecated: "warning", retired: "error", draft: "neutral" };
const lookedAtMs = 7 * 86_400_000;
const mostNamed = 6;

export function VersionsSection({ name, versions }: { name: string; versions: Versions }) {
  const hour = Math.floor(useNow() / 60_000) * 60_000;
  const timeline = timelineOf(versions, hour);
  const use = useQuery(reading("analyse", { query: { service: name, by: "version,consumer", from: hour - lookedAtMs, limit: 1000 } }));
  const groups = use.data?.groups ?? [];
  const callsOf = (version: string) => groups.filter(({ values }) => values[0] === version).reduce((sum, { calls }) => sum + calls, 0);
  const columns: readonly Column<VersionLine>[] = [
    { head: "Version", cell: (line) => <><code>{line.name}</code> {versions.select.default === line.name ? <Chip meaning="accent">default</Chip> : null}</> },
    { head: "Status", cell: (line) => <Chip meaning={meanings[line.status]}>{line.status}</Chip> },
    { head: "Deprecated", wideOnly: true, cell: (line) => <MomentOf at={line.deprecatedAt} /> },
    { head: "Sunset", cell: (line) => <MomentOf at={line.sunsetAt} /> },
    { head: "Successor", wideOnly: true, cell: (line) => (line.successor ? <code>{line.successor}</code> : "–") },
    { head: "Calls in 7 days", right: true, cell: (line) => countText(callsOf(line.name)) },
    { head: "By", wideOnly: true, cell: (line) => <Consumers groups={groups.filter(({ values }) => values[0] === line.name)} /> },
  ];
  return (
    <Section title="Versions" hint={`Chosen by ${versions.select.by}${versions.select.name ? ` ${versions.select.name}` : ""}.`}>
      <div className={classes["timeline"]} role="img" aria-label="The versions' lives; the table below says the same">
        {timeline.lines.map((line) => (
          <div key={line.name} className={classes["life"]}>
            <span>{line.name}</span>
            <div>
              {line.stretches.map((stretch) => (
                <i key={stretch.kind} data-kind={stretch.kind} style={{ left: `${stretch.left}%`, width: `${stretch.width}%` }} />
              ))}
              {line.brownouts.map((brownout) => (
                <b key={brownout.from} style={{ left: `${brownout.left}%` }} title={`Brown-out ${absoluteText(brownout.from)} to ${absoluteText(brownout.to)}`} />
              ))}
              <u style={{ left: `${timeline.now}%` }} />
            </div>
          </div>
        ))}
        <p>
          <span>{new Date(timeline.from).toISOString().slice(0, 10)}</span>
          <span>now is the upright line</span>
          <span>{new Date(timeline.to).toISOString().slice(0, 10)}</span>
        </p>
      </div>
      <DataTable label="Versions" columns={columns} rows={timeline.lines} rowKey={({ name: version }) => version} />
    </Section>
  );
}

function MomentOf({ at }: { at: number | null }) {
  return at === null ? <>–</> : <When at={at} />;
}

function Consumers({ groups }: { groups: Groups }) {
  const named = groups.slice(0, mostNamed);
  return (
    <span className={classes["names"]}>
      {named.map(({ values }) => (values[1] ? <EntityLink key={values[1]} kind="consumer" name={values[1]} /> : <span key="">without a key</span>))}
      {groups.length > named.length ? <span>{`and ${groups.length - named.length} more`}</span> : null}
    </span>
  );
}
