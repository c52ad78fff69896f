-- Times are Unix milliseconds. Specs, and the patches of the audit log, are JSON.
create table state (
  name text primary key,
  value text not null
) strict, without rowid;

insert into state (name, value) values ('revision', '0'), ('configuration-tag', '0-begin'), ('snapshot-version', '0');

create table entities (
  kind text not null,
  name text not null,
  spec text not null,
  tag text not null,
  updated_at integer not null,
  updated_by text not null,
  primary key (kind, name)
) strict, without rowid;

create table people (
  name text primary key,
  role text not null check (role in ('owner', 'editor', 'viewer')),
  disabled integer not null default 0 check (disabled in (0, 1)),
  password_hash text,
  tag text not null,
  created_at integer not null,
  last_seen_at integer
) strict, without rowid;

create table sessions (
  token_hash text primary key,
  person text not null references people (name) on delete cascade,
  created_at integer not null,
  expires_at integer not null,
  idle_ms integer not null,
  last_used_at integer not null
) strict, without rowid;

create index sessions_by_person on sessions (person, last_used_at);

-- A link without a person lets the first one in.
create table links (
  token_hash text primary key,
  person text references people (name) on delete cascade,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table audit (
  id integer primary key autoincrement,
  at integer not null,
  actor text not null,
  action text not null,
  kind text not null,
  name text not null,
  changes text not null,
  client_address text
) strict;

create index audit_by_thing on audit (kind, name, id);
create index audit_by_actor on audit (actor, id);
create index audit_by_action on audit (action, at);
