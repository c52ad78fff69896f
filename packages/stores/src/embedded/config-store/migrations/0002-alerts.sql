create table alert_states (
  alert text primary key,
  -- JSON of the whole state.
  state text not null
) strict, without rowid;

create table alert_events (
  id integer primary key autoincrement,
  at integer not null,
  alert text not null,
  kind text not null,
  -- JSON of everything else.
  event text not null,
  unique (alert, kind, at)
) strict;

create index alert_events_by_alert on alert_events (alert, id);
create index alert_events_by_time on alert_events (at);

-- A message stays until it was delivered or given up; next_at is null from then on.
create table alert_deliveries (
  id text primary key,
  channel text not null,
  message text not null,
  at integer not null,
  attempts integer not null default 0,
  next_at integer,
  delivered_at integer,
  error text
) strict, without rowid;

create index alert_deliveries_due on alert_deliveries (next_at) where next_at is not null;

create table alert_event_deliveries (
  event integer not null references alert_events (id) on delete cascade,
  delivery text not null references alert_deliveries (id) on delete cascade,
  primary key (event, delivery)
) strict, without rowid;

create index alert_event_deliveries_by_delivery on alert_event_deliveries (delivery);
