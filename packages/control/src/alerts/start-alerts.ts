/** Ties alerts to the control plane: rules and channels as they are configured, and what gateways and services say. */
import { randomBytes } from "node:crypto";
import { alert, type Alert } from "@parley/contract/config/alerts";
import { channel, type Channel } from "@parley/contract/config/channels";
import { limit, type Limit } from "@parley/contract/config/limits";
import type { Json } from "@parley/stores/ports/config-store";
import type { ControlPlane } from "../api/control-plane.ts";
import type { HeldEntity } from "../configuration/entity.ts";
import { openSecrets, withSecrets } from "../configuration/spec-secrets.ts";
import { Alerts } from "./alerts.ts";
import { budgetsUsed, type BudgetOwner } from "./budgets.ts";
import { Certificates, type CertificatePlace } from "./certificates.ts";
import type { AlertMessage } from "./message.ts";
import { send, type Sent } from "./send.ts";

export type AlertSurroundings = Pick<ControlPlane, "configuration" | "store" | "callLog" | "channel" | "masterKey" | "options" | "now" | "diskSpace"> & {
  origin: () => string;
  onError: (message: string, error: unknown) => void;
};

const gatewaysWithinMs = 500;

export async function startAlerts(plane: AlertSurroundings): Promise<Alerts> {
  const { store, callLog, now, origin, onError } = plane;
  const certificates = new Certificates();
  const alerts = new Alerts({
    store: store.alerts, callLog, now, origin, onError,
    newId: () => randomBytes(16).toString("hex"),
    rules: () => new Map(plane.configuration.entities.list("alert").flatMap((held) => named(held.name, alertOf(held)))),
    channels: () => new Map(plane.configuration.entities.list("channel").flatMap((held) => named(held.name, channelOf(held)))),
    send: (name, message) => sendOver(plane, name, message),
    sources: {
      targets: async () => known(await plane.channel.targets(gatewaysWithinMs)),
      potential: async () => known((await plane.channel.conflicts(gatewaysWithinMs)).map(({ potential }) => potential)),
      certificates: (service) => certificates.ends(certificatePlaces(plane, service), now()),
      diskSpace: plane.diskSpace,
      budgets: () => budgetsUsed(callLog, budgetOwners(plane), now()),
    },
  });
  await alerts.start();
  return alerts;
}

/** Null where there is no such channel. */
export async function sendOver(plane: Pick<AlertSurroundings, "configuration" | "masterKey" | "now">, name: string, message: AlertMessage): Promise<Sent | null> {
  const held = plane.configuration.entities.get("channel", name);
  const spec = held ? channelOf(held) : null;
  if (!held || !spec) return null;
  const opened = withSecrets("channel", spec as unknown as Json, openSecrets(plane.masterKey, { ...held, spec: spec as unknown as Json })) as unknown as Channel;
  return send(opened, message, { allowPrivate: opened.private ?? held.origin === "file", now: plane.now() });
}

/** Null for what an earlier release let in and this one cannot read: it must not keep the others from being looked at. */
function alertOf(held: HeldEntity): Alert | null {
  return (held.resolved as Alert | undefined) ?? alert.safeParse(held.spec).data ?? null;
}

function channelOf(held: HeldEntity): Channel | null {
  return (held.resolved as Channel | undefined) ?? channel.safeParse(held.spec).data ?? null;
}

function named<Value>(name: string, value: Value | null): [string, Value][] {
  return value === null ? [] : [[name, value]];
}

function known<Item>(reports: readonly Item[][]): Item[] | null {
  return reports.length === 0 ? null : reports.flat();
}

interface Looked {
  upstream?: { targets?: { url: string }[] };
  versions?: { list?: Record<string, { upstream?: { targets?: { url: string }[] } }> };
}

/** Upstreams' by asking them; the gateway's own only where no service is asked about. */
function certificatePlaces({ configuration, options }: Pick<AlertSurroundings, "configuration" | "options">, service: string | null): CertificatePlace[] {
  const upstreams = configuration.entities.list("service").filter(({ name }) => service === null || name === service).flatMap((held) => {
    const spec = (held.resolved ?? held.spec) as Looked;
    const targets = [spec.upstream, ...Object.values(spec.versions?.list ?? {}).map(({ upstream }) => upstream)].flatMap((upstream) => upstream?.targets ?? []);
    return targets.filter(({ url }) => url.startsWith("https:")).map(({ url }) => ({ of: `${new URL(url).host} of ${held.name}`, url }));
  });
  if (service !== null) return upstreams;
  const gateway = options.gatewayUrl.startsWith("https:") ? [{ of: "the gateway", url: options.gatewayUrl }] : [];
  const admin = options.tls ? [{ of: "the admin port", file: options.tls.cert }] : [];
  return [...upstreams, ...gateway, ...admin];
}

function budgetOwners({ configuration }: Pick<AlertSurroundings, "configuration">): BudgetOwner[] {
  const consumers = configuration.entities.list("consumer");
  const members = Map.groupBy(consumers, ({ spec }) => (spec as { team?: string }).team ?? "");
  const own = consumers.map((held): BudgetOwner => ({ kind: "consumer", name: held.name, limits: limitsOf(held), consumers: [held.name] }));
  const teams = configuration.entities.list("team").map((held): BudgetOwner => ({ kind: "team", name: held.name, limits: limitsOf(held), consumers: (members.get(held.name) ?? []).map(({ name }) => name) }));
  return [...own, ...teams].filter(({ limits }) => limits.length > 0);
}

function limitsOf(held: HeldEntity): readonly Limit[] {
  const resolved = held.resolved as { limits?: Limit[] } | undefined;
  return resolved ? (resolved.limits ?? []) : ((held.spec as { limits?: Json[] }).limits ?? []).map((one) => limit.parse(one));
}
