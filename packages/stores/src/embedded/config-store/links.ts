/** Sign-in links: used once, and looking, using up and setting the password are one transaction. */
import type { AuditDraft, LinkStore, StoredPerson } from "../../ports/config-store.ts";
import type { Database } from "./database.ts";
import { findPerson, insertPerson, setPassword } from "./people.ts";

type Use = Parameters<LinkStore["accept"]>[0];

export function linkStore(database: Database): LinkStore {
  return {
    create: async (link) =>
      database.transaction(() => {
        database.run("delete from links where person is ?", link.person);
        database.run("insert into links (token_hash, person, created_at, expires_at) values (?, ?, ?, ?)", link.tokenHash, link.person, link.at, link.expiresAt);
      }),
    find: async (tokenHash, at) => findLink(database, tokenHash, at),
    accept: async (use, audit) => database.transaction(() => acceptLink(database, use, audit)),
  };
}

function findLink(database: Database, tokenHash: string, at: number): { person: string | null; expiresAt: number } | null {
  const row = database.row("select person, expires_at from links where token_hash = ? and expires_at > ?", tokenHash, at);
  if (!row) return null;
  if (row["person"] === null && database.row("select 1 from people limit 1")) return null;
  return { person: row["person"] === null ? null : String(row["person"]), expiresAt: Number(row["expires_at"]) };
}

function acceptLink(database: Database, use: Use, audit: (person: string) => AuditDraft[]): StoredPerson | null {
  const link = findLink(database, use.tokenHash, use.at);
  if (!link) return null;
  if (link.person === null) return acceptFirst(database, use, audit);
  if (findPerson(database, link.person)?.disabled !== false) return null;
  setPassword(database, { name: link.person, passwordHash: use.passwordHash, keep: null }, audit(link.person));
  return findPerson(database, link.person);
}

function acceptFirst(database: Database, use: Use, audit: (person: string) => AuditDraft[]): StoredPerson | null {
  if (use.name === null) return null;
  database.run("delete from links where person is null");
  return insertPerson(database, { name: use.name, role: "owner", passwordHash: use.passwordHash, at: use.at }, audit(use.name));
}
