/** What is drawn of a service: who calls it, its versions and releases, the targets they run on, and what flows between them. */
import type { ServiceSource } from "@parley/contract/config/service";
import type { TargetState } from "@parley/contract/api/targets";
import type { Answer } from "../../api/types.ts";
import { versionStates } from "./timeline.ts";

type Groups = Answer<"analyse">["groups"];

export interface TopologyNode {
  id: string;
  kind: "consumer" | "version" | "canary" | "target";
  name: string;
  /** Calls a second. */
  rate: number;
  /** Of 1. */
  failedShare: number;
  note: string;
  state: "ok" | "warning" | "error" | "idle";
}

export interface TopologyEdge {
  from: string;
  to: string;
  rate: number;
}

export interface Topology {
  consumers: TopologyNode[];
  releases: TopologyNode[];
  targets: TopologyNode[];
  edges: TopologyEdge[];
}

export interface Flows {
  /** By version and consumer, as the admin API groups calls of the last `seconds`. */
  byRelease: Groups;
  byUpstream: Groups;
  seconds: number;
  targets: readonly TargetState[];
  /** Unix milliseconds: what has become of a version by then. */
  now: number;
}

const mostConsumers = 8;

export function topologyOf(spec: ServiceSource, flows: Flows): Topology {
  const releases = releasesOf(spec, flows);
  const urls = [...new Set(releases.flatMap(({ urls: own }) => own))];
  const targets = urls.map((url) => targetNode(url, flows));
  const consumers = consumersOf(flows);
  return {
    consumers: consumers.map(({ node }) => node),
    releases: releases.map(({ node }) => node),
    targets,
    edges: [
      ...consumers.flatMap(({ node, rates }) => [...rates].flatMap(([release, rate]) => (releases.some(({ node: { id } }) => id === release) ? [{ from: node.id, to: release, rate }] : []))),
      ...releases.flatMap(({ node, urls: own }) => edgesToTargets(node, targets.filter(({ name }) => own.includes(name)))),
    ],
  };
}

/** How a release spreads over its targets is not measured apart: it is taken to be as their calls are. */
function edgesToTargets(release: TopologyNode, targets: readonly TopologyNode[]): TopologyEdge[] {
  const all = targets.reduce((sum, { rate }) => sum + rate, 0);
  return targets.map(({ id, rate }) => ({ from: release.id, to: id, rate: all === 0 ? 0 : (release.rate * rate) / all }));
}

function releasesOf(spec: ServiceSource, { byRelease, seconds, now }: Flows): { node: TopologyNode; urls: string[] }[] {
  const own = (spec.upstream?.targets ?? []).map(({ url }) => url);
  const states = versionStates(spec.versions, now);
  const versions = states.length === 0 ? [{ id: "version ", name: "all calls", urls: own, note: "" }] : states.map(({ name, status }) => ({ id: `version ${name}`, name, urls: status === "retired" ? [] : versionUrls(spec, name), note: status }));
  const nodes = versions.map(({ id, name, urls, note }) => ({ node: nodeOf({ id, kind: "version" as const, name, note }, groupsOf(byRelease, id), seconds), urls }));
  const { canary } = spec;
  if (canary?.target !== undefined) nodes.push({ node: nodeOf({ id: "canary", kind: "canary" as const, name: "canary", note: `${canary.rollout ? "from " : ""}${canary.percent} % of ${canary.version ?? "all"}` }, groupsOf(byRelease, "canary"), seconds), urls: [canary.target] });
  return nodes;
}

/** An adapted version runs where the one runs that it is adapted to. */
function versionUrls({ upstream, versions }: ServiceSource, name: string): string[] {
  const version = versions?.list[name];
  const runs = version?.upstream ?? (version?.adapt === undefined ? undefined : versions?.list[version.adapt.to]?.upstream) ?? upstream;
  return runs?.targets.map(({ url }) => url) ?? [];
}

function releaseOf(group: Groups[number]): string {
  const [version, , canary] = [group.values[0] ?? "", group.values[1], group.values[2]];
  return canary === "true" ? "canary" : `version ${version}`;
}

function groupsOf(groups: Groups, release: string): Groups {
  return groups.filter((group) => releaseOf(group) === release);
}

function consumersOf({ byRelease, seconds }: Flows): { node: TopologyNode; rates: Map<string, number> }[] {
  const names = [...new Set(byRelease.map(({ values }) => values[1] ?? null))];
  const all = names.map((name) => {
    const groups = byRelease.filter(({ values }) => (values[1] ?? null) === name);
    const rates = new Map<string, number>();
    for (const group of groups) rates.set(releaseOf(group), (rates.get(releaseOf(group)) ?? 0) + group.calls / seconds);
    return { node: nodeOf({ id: `consumer ${name ?? ""}`, kind: "consumer" as const, name: name ?? "without a key", note: "" }, groups, seconds), rates };
  });
  return all.toSorted((one, other) => other.node.rate - one.node.rate).slice(0, mostConsumers);
}

function nodeOf(of: Pick<TopologyNode, "id" | "name" | "note"> & { kind: TopologyNode["kind"] }, groups: Groups, seconds: number): TopologyNode {
  const calls = groups.reduce((sum, group) => sum + group.calls, 0);
  const failed = groups.reduce((sum, { errors }) => sum + errors, 0);
  const failedShare = calls === 0 ? 0 : failed / calls;
  return { ...of, rate: calls / seconds, failedShare, state: calls === 0 ? "idle" : failedShare > 0.2 ? "error" : failedShare > 0.02 ? "warning" : "ok" };
}

/** Health is the target's; the rate is known by origin, which several targets may share. */
function targetNode(url: string, { byUpstream, seconds, targets }: Flows): TopologyNode {
  const origin = URL.canParse(url) ? new URL(url).origin : url;
  const node = nodeOf({ id: `target ${url}`, kind: "target", name: url, note: "" }, byUpstream.filter(({ values }) => values[0] === origin), seconds);
  const states = targets.filter(({ target }) => target === url);
  const [worst] = states.toSorted((one, other) => severity[other.state] - severity[one.state]);
  if (!worst) return node;
  const words = worst.state === "in-rotation" ? "in rotation" : worst.state;
  const inFlight = states.reduce((sum, state) => sum + state.inFlight, 0);
  return { ...node, note: inFlight > 0 ? `${words}, ${inFlight} under way` : words, state: worst.state === "in-rotation" ? node.state : worst.state === "on-trial" ? "warning" : "error" };
}

const severity: Record<TargetState["state"], number> = { "in-rotation": 0, "on-trial": 1, resting: 2, unhealthy: 3 };
