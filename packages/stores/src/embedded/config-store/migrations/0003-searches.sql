-- Searches of the call log that a person keeps under a name.
create table searches (
  person text not null,
  name text not null,
  -- JSON of the address: filter, range, columns.
  search text not null,
  tag text not null,
  updated_at integer not null,
  primary key (person, name)
) strict, without rowid;
