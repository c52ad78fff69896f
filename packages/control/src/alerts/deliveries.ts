/** Groups what is to be told: one message for each channel and look, however many alerts it is about. */
import { kindOf } from "@parley/contract/config/channel-kinds";
import type { Channel } from "@parley/contract/config/channels";
import type { Alert } from "@parley/contract/config/alerts";
import type { AlertEventDraft, DeliveryDraft } from "@parley/stores/ports/alert-store";
import type { AlertMessage, AlertNews } from "./message.ts";

export interface Told {
  name: string;
  rule: Alert;
  /** False where it is written down and nobody is told. */
  tell: boolean;
  event: AlertEventDraft;
}

export interface DeliveriesPorts {
  channels: ReadonlyMap<string, Channel>;
  newId: () => string;
  link: (one: Told) => string;
}

export function deliveriesOf(told: readonly Told[], ports: DeliveriesPorts): DeliveryDraft[] {
  return [...ports.channels].flatMap(([name, channel]) => {
    const places = told.flatMap((one, index) => (one.tell && one.rule.notify.includes(name) && (one.event.kind !== "resolved" || channel.resolved) ? [index] : []));
    // An incident there is one alert's.
    const groups = kindOf(channel) === "pagerduty" ? places.map((place) => [place]) : places.length === 0 ? [] : [places];
    return groups.map((group) => deliveryOf(name, group, { told, ports }));
  });
}

function deliveryOf(channel: string, events: number[], { told, ports }: { told: readonly Told[]; ports: DeliveriesPorts }): DeliveryDraft {
  const id = ports.newId();
  const about = events.flatMap((place) => told[place] ?? []);
  const at = about[0]?.event.at ?? 0;
  const message: AlertMessage = { id, at, channel, alerts: about.map((one) => newsOf(one, ports.link(one))) };
  return { id, channel, at, events, message: JSON.stringify(message) };
}

function newsOf({ name, rule, event }: Told, link: string): AlertNews {
  return {
    alert: name, state: event.kind === "resolved" || event.kind === "repeated" ? event.kind : "firing", severity: rule.severity, metric: rule.when.metric, service: rule.when.service ?? null,
    since: event.firingSince ?? event.at, at: event.at, value: event.value, reason: event.reason, description: rule.description ?? null, query: event.query, link,
  };
}
