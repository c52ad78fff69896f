/** The service drawn, with the rates of the last five minutes and its targets' health. A drawing for those who see it, and lists for all. */
import type { ServiceSource } from "@parley/contract/config/service";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Skeleton } from "@mantine/core";
import { reading } from "../../api/queries.ts";
import { Section } from "../../components/page.tsx";
import { useNow } from "../../components/now.tsx";
import { scaledLength } from "../../theme/text-size.ts";
import { type Topology, type TopologyNode, topologyOf } from "./topology.ts";
import classes from "./service-traffic.module.css";

const everyMs = 3_000;
const seconds = 300;
/** A node and the space under it, in pixels of the design; the style sheet has the same. */
const rowPx = 60;

export function TopologySection({ name, spec }: { name: string; spec: ServiceSource }) {
  const now = useNow();
  const often = { refetchInterval: everyMs, placeholderData: keepPreviousData };
  const range = { service: name, from: Math.floor(now / 10_000) * 10_000 - seconds * 1000 };
  const targets = useQuery({ ...reading("listTargets", { query: { service: name } }), ...often });
  // Two fields at a time: the canary's calls are asked for apart.
  const stable = useQuery({ ...reading("analyse", { query: { ...range, by: "version,consumer", query: "-canary:true" } }), ...often });
  const canary = useQuery({ ...reading("analyse", { query: { ...range, by: "version,consumer", query: "canary:true" } }), ...often });
  const upstreams = useQuery({ ...reading("analyse", { query: { ...range, by: "upstream" } }), ...often });
  const withArm = (groups: NonNullable<typeof stable.data>["groups"] | undefined, arm: string) => (groups ?? []).map((group) => ({ ...group, values: [...group.values, arm] }));
  const topology = topologyOf(spec, { byRelease: [...withArm(stable.data?.groups, "false"), ...withArm(canary.data?.groups, "true")], byUpstream: upstreams.data?.groups ?? [], seconds, targets: targets.data?.items ?? [], now });
  return (
    <Section title="What flows where" hint="Calls a second over the last five minutes, and how each target is.">
      {stable.isPending ? <Skeleton height={160} /> : <Drawing topology={topology} path={spec.path} />}
    </Section>
  );
}

function Drawing({ topology, path }: { topology: Topology; path: string }) {
  const { consumers, releases, targets } = topology;
  const rows = Math.max(1, consumers.length, releases.length, targets.length);
  return (
    <div className={classes["drawing"]} tabIndex={0} role="region" aria-label="What flows where">
      <Column title="Consumers" nodes={consumers} rows={rows} empty="Nobody in the last five minutes" />
      <Edges topology={topology} from={consumers} to={releases} rows={rows} />
      <Column title={path} nodes={releases} rows={rows} empty="" />
      <Edges topology={topology} from={releases} to={targets} rows={rows} />
      <Column title="Targets" nodes={targets} rows={rows} empty="No target" />
    </div>
  );
}

function Column({ title, nodes, rows, empty }: { title: string; nodes: readonly TopologyNode[]; rows: number; empty: string }) {
  return (
    <div className={classes["column"]}>
      <h3>{title}</h3>
      <ul style={{ minHeight: scaledLength(rows * rowPx) }}>
        {nodes.map((node) => (
          <li key={node.id} data-state={node.state}>
            <strong title={node.name}>{node.name}</strong>
            <span>{[rateText(node.rate), node.failedShare > 0 ? `${(node.failedShare * 100).toFixed(1)} % failed` : "", node.note].filter((text) => text !== "").join(" · ")}</span>
          </li>
        ))}
        {nodes.length === 0 ? <li data-state="idle"><span>{empty}</span></li> : null}
      </ul>
    </div>
  );
}

function Edges({ topology, from, to, rows }: { topology: Topology; from: readonly TopologyNode[]; to: readonly TopologyNode[]; rows: number }) {
  const height = rows * rowPx;
  const placeOf = (nodes: readonly TopologyNode[], id: string) => height / 2 + (nodes.findIndex((node) => node.id === id) - (nodes.length - 1) / 2) * rowPx;
  const edges = topology.edges.filter((edge) => from.some(({ id }) => id === edge.from) && to.some(({ id }) => id === edge.to));
  const most = Math.max(...edges.map(({ rate }) => rate), Number.MIN_VALUE);
  return (
    <svg className={classes["edges"]} width={100} style={{ height: scaledLength(height) }} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden>
      {edges.map((edge) => {
        const [start, end] = [placeOf(from, edge.from), placeOf(to, edge.to)];
        return <path key={`${edge.from} ${edge.to}`} d={`M0 ${start} C50 ${start} 50 ${end} 100 ${end}`} strokeWidth={edge.rate === 0 ? 1 : 1.5 + (edge.rate / most) * 6} data-idle={edge.rate === 0 || undefined} />;
      })}
    </svg>
  );
}

export function rateText(rate: number): string {
  if (rate === 0) return "no call";
  return rate >= 1 ? `${rate.toFixed(rate < 10 ? 1 : 0)}/s` : `${(rate * 60).toFixed(rate * 60 < 10 ? 1 : 0)}/min`;
}
