/** Alerts: states, history and outbox. A message is in the outbox if and only if an event that it is about is in the history. */
import type { AlertEvent } from "@parley/contract/api/alerts";
import type { AlertEventDraft, AlertStore, DeliveryDraft, StoredAlertState, StoredDelivery } from "../../ports/alert-store.ts";
import { insertAudit } from "./audit.ts";
import type { Database, Row } from "./database.ts";

export function alertStore(database: Database): AlertStore {
  return {
    states: async () => database.rows("select state from alert_states order by alert").map((row) => JSON.parse(String(row["state"])) as StoredAlertState),
    commit: async ({ states, events, deliveries, audit = [] }) =>
      database.transaction(() => {
        for (const state of states) database.run("insert into alert_states (alert, state) values (?, ?) on conflict (alert) do update set state = excluded.state", state.alert, JSON.stringify(state));
        const ids = events.map((event) => insertEvent(database, event));
        for (const delivery of deliveries) insertDelivery(database, delivery, ids);
        insertAudit(database, audit);
      }),
    forget: async (alerts) => database.transaction(() => alerts.forEach((alert) => database.run("delete from alert_states where alert = ?", alert))),
    events: async (query) => findEvents(database, query),
    due: async (at, limit) => database.rows("select id, channel, message, at, attempts from alert_deliveries where next_at <= ? order by next_at, id limit ?", at, limit).map(storedDelivery),
    nextDue: async () => {
      const next = database.row("select min(next_at) as at from alert_deliveries where next_at is not null")?.["at"];
      return next === null || next === undefined ? null : Number(next);
    },
    settle: async (outcome) => {
      if (outcome.delivered) database.run("update alert_deliveries set attempts = attempts + 1, next_at = null, delivered_at = ?, error = null where id = ?", outcome.at, outcome.id);
      else database.run("update alert_deliveries set attempts = attempts + 1, next_at = ?, error = ? where id = ?", outcome.nextAt, outcome.error, outcome.id);
    },
    deleteBefore: async (at) =>
      database.transaction(() => {
        database.run("delete from alert_events where at < ?", at);
        database.run("delete from alert_deliveries where next_at is null and at < ?", at);
      }),
  };
}

/** Null where the same event is there already. */
function insertEvent(database: Database, { at, alert, kind, ...rest }: AlertEventDraft): number | null {
  const row = database.row("insert into alert_events (at, alert, kind, event) values (?, ?, ?, ?) on conflict do nothing returning id", at, alert, kind, JSON.stringify(rest));
  return row ? Number(row["id"]) : null;
}

function insertDelivery(database: Database, { id, channel, message, at, events }: DeliveryDraft, ids: readonly (number | null)[]): void {
  const about = events.flatMap((index) => ids[index] ?? []);
  if (about.length === 0) return;
  database.run("insert into alert_deliveries (id, channel, message, at, next_at) values (?, ?, ?, ?, ?)", id, channel, message, at, at);
  for (const event of about) database.run("insert into alert_event_deliveries (event, delivery) values (?, ?)", event, id);
}

function findEvents(database: Database, { alert, before, limit }: Parameters<AlertStore["events"]>[0]): AlertEvent[] {
  const rows = database.rows(
    "select id, at, alert, kind, event from alert_events where (?1 is null or alert = ?1) and (?2 is null or id < ?2) order by id desc limit ?3",
    alert ?? null, before ?? null, limit,
  );
  return rows.map((row) => ({
    ...(JSON.parse(String(row["event"])) as Omit<AlertEventDraft, "at" | "alert" | "kind">),
    id: Number(row["id"]), at: Number(row["at"]), alert: String(row["alert"]), kind: row["kind"] as AlertEvent["kind"], deliveries: deliveriesOf(database, Number(row["id"])),
  }));
}

function deliveriesOf(database: Database, event: number): AlertEvent["deliveries"] {
  return database.rows("select d.* from alert_deliveries d join alert_event_deliveries e on e.delivery = d.id where e.event = ? order by d.channel", event).map((row) => ({
    id: String(row["id"]), channel: String(row["channel"]), attempts: Number(row["attempts"]),
    state: row["delivered_at"] !== null ? "delivered" : row["next_at"] === null ? "given-up" : "waiting",
    nextAt: numberOrNull(row["next_at"]), deliveredAt: numberOrNull(row["delivered_at"]), error: row["error"] === null ? null : String(row["error"]),
  }));
}

function storedDelivery(row: Row): StoredDelivery {
  return { id: String(row["id"]), channel: String(row["channel"]), message: String(row["message"]), at: Number(row["at"]), attempts: Number(row["attempts"]) };
}

function numberOrNull(value: Row[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
