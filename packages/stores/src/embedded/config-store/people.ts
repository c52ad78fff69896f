/** People. Inside every transaction that takes something from an owner it is checked that one is left. */
import type { AuditDraft, PeopleStore, PersonOutcome, StoredPerson } from "../../ports/config-store.ts";
import { insertAudit } from "./audit.ts";
import type { Database, Row } from "./database.ts";
import { nextTag } from "./entities.ts";

type Change = Parameters<PeopleStore["change"]>[0];

export function peopleStore(database: Database): PeopleStore {
  return {
    list: async () => database.rows("select * from people order by name").map(personOf),
    get: async (name) => findPerson(database, name),
    add: async (person, audit) => database.transaction(() => (isTaken(database, person.name) ? null : insertPerson(database, { ...person, passwordHash: null }, audit))),
    change: async (change, audit) => database.transaction(() => changePerson(database, change, audit)),
    remove: async (removal, audit) => database.transaction(() => removePerson(database, removal, audit)),
    setPassword: async (change, audit) => database.transaction(() => setPassword(database, change, audit)),
  };
}

/**
 * In whatever case it is written. Earlier releases let two people differ in that alone: each of them is found by the exact name,
 * and neither by another.
 */
export function findPerson(database: Database, name: string): StoredPerson | null {
  const [first, second] = database.rows("select * from people where name = ?1 collate nocase order by name = ?1 desc limit 2", name);
  if (first === undefined || (second !== undefined && first["name"] !== name)) return null;
  return personOf(first);
}

function isTaken(database: Database, name: string): boolean {
  return database.row("select 1 from people where name = ? collate nocase", name) !== undefined;
}

export function insertPerson(database: Database, person: Pick<StoredPerson, "name" | "role" | "passwordHash"> & { at: number }, audit: AuditDraft[]): StoredPerson {
  const tag = nextTag(database);
  // Somebody of this name may have been removed when their searches were still kept.
  database.run("delete from searches where person = ?", person.name);
  database.run("insert into people (name, role, password_hash, tag, created_at) values (?, ?, ?, ?, ?)", person.name, person.role, person.passwordHash, tag, person.at);
  insertAudit(database, audit);
  return { name: person.name, role: person.role, disabled: false, passwordHash: person.passwordHash, tag, createdAt: person.at, lastSeenAt: null };
}

function changePerson(database: Database, change: Change, audit: AuditDraft[]): PersonOutcome {
  const found = expectPerson(database, change.name, change.expected);
  if (found.outcome !== "done") return found;
  const role = change.role ?? found.person.role;
  const disabled = change.disabled ?? found.person.disabled;
  if ((role !== "owner" || disabled) && isLastOwner(database, found.person)) return { outcome: "last-owner" };
  const tag = nextTag(database);
  database.run("update people set role = ?, disabled = ?, tag = ? where name = ?", role, disabled ? 1 : 0, tag, found.person.name);
  if (disabled) {
    database.run("delete from sessions where person = ?", found.person.name);
    database.run("delete from links where person = ?", found.person.name);
  }
  insertAudit(database, audit);
  return { outcome: "done", person: { ...found.person, role, disabled, tag } };
}

function removePerson(database: Database, removal: { name: string; expected: string[] | null }, audit: AuditDraft[]): PersonOutcome {
  const found = expectPerson(database, removal.name, removal.expected);
  if (found.outcome !== "done") return found;
  if (isLastOwner(database, found.person)) return { outcome: "last-owner" };
  database.run("delete from people where name = ?", found.person.name);
  database.run("delete from searches where person = ?", found.person.name);
  insertAudit(database, audit);
  return found;
}

export function setPassword(database: Database, change: { name: string; passwordHash: string; keep: string | null }, audit: AuditDraft[]): void {
  database.run("update people set password_hash = ?, tag = ? where name = ?", change.passwordHash, nextTag(database), change.name);
  database.run("delete from sessions where person = ? and token_hash is not ?", change.name, change.keep);
  database.run("delete from links where person = ?", change.name);
  insertAudit(database, audit);
}

function expectPerson(database: Database, name: string, expected: string[] | null): PersonOutcome {
  const person = findPerson(database, name);
  if (!person) return { outcome: "absent" };
  if (expected && !expected.includes(person.tag)) return { outcome: "stale", person };
  return { outcome: "done", person };
}

function isLastOwner(database: Database, person: StoredPerson): boolean {
  if (person.role !== "owner" || person.disabled || person.passwordHash === null) return false;
  return !database.row("select 1 from people where role = 'owner' and disabled = 0 and password_hash is not null and name <> ?", person.name);
}

export function personOf(row: Row): StoredPerson {
  return {
    name: String(row["name"]),
    role: row["role"] as StoredPerson["role"],
    disabled: row["disabled"] === 1,
    passwordHash: row["password_hash"] === null ? null : String(row["password_hash"]),
    tag: String(row["tag"]),
    createdAt: Number(row["created_at"]),
    lastSeenAt: row["last_seen_at"] === null ? null : Number(row["last_seen_at"]),
  };
}
