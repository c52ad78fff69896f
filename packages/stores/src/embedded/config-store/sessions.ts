/** Sessions, known by the hash of their token: whoever reads the database cannot sign in with what stands there. */
import type { SessionStore, StoredSession } from "../../ports/config-store.ts";
import type { Database } from "./database.ts";

type NewSession = Parameters<SessionStore["create"]>[0];

/** A person's oldest sessions end when there are more. */
const maxSessionsPerPerson = 50;
/** Use is noted this often at most, so that reading does not mean writing. */
const touchEveryMs = 60_000;
/** A clock that is set by less than this has only been corrected. */
const clockToleranceMs = 60_000;

export function sessionStore(database: Database): SessionStore {
  return {
    create: async (session) => database.transaction(() => createSession(database, session)),
    find: async (tokenHash, at) => findSession(database, tokenHash, at),
    end: async (tokenHash) => void database.run("delete from sessions where token_hash = ?", tokenHash),
    deleteExpired: async (at) => {
      bringBack(database, at);
      database.run("delete from sessions where expires_at <= ?1 or last_used_at + idle_ms <= ?1", at);
      database.run("delete from links where expires_at <= ?", at);
    },
  };
}

/**
 * A session that was made, or used, while the clock was ahead would live until the clock is there again. It lives as long as
 * any other from when that is seen.
 */
function bringBack(database: Database, at: number): void {
  database.run("update sessions set expires_at = expires_at - created_at + ?1, created_at = ?1 where created_at > ?2", at, at + clockToleranceMs);
  database.run("update sessions set last_used_at = ?1 where last_used_at > ?2", at, at + clockToleranceMs);
}

function createSession(database: Database, session: NewSession): void {
  database.run(
    "insert into sessions (token_hash, person, created_at, expires_at, idle_ms, last_used_at) values (?, ?, ?, ?, ?, ?)",
    session.tokenHash, session.person, session.at, session.expiresAt, session.idleMs, session.at,
  );
  database.run(
    "delete from sessions where token_hash in (select token_hash from sessions where person = ? order by last_used_at desc, created_at desc limit -1 offset ?)",
    session.person, maxSessionsPerPerson,
  );
  database.run("update people set last_seen_at = ? where name = ?", session.at, session.person);
}

function findSession(database: Database, tokenHash: string, at: number): StoredSession | null {
  if (database.row("select 1 from sessions where token_hash = ?1 and (created_at > ?2 or last_used_at > ?2)", tokenHash, at + clockToleranceMs)) bringBack(database, at);
  const row = database.row(
    `select sessions.*, people.role from sessions join people on people.name = sessions.person
     where token_hash = ?1 and disabled = 0 and expires_at > ?2 and last_used_at + idle_ms > ?2`,
    tokenHash, at,
  );
  if (!row) return null;
  const person = String(row["person"]);
  if (at - Number(row["last_used_at"]) >= touchEveryMs) {
    database.run("update sessions set last_used_at = ? where token_hash = ?", at, tokenHash);
    database.run("update people set last_seen_at = ? where name = ?", at, person);
  }
  return { person, role: row["role"] as StoredSession["role"], createdAt: Number(row["created_at"]), expiresAt: Number(row["expires_at"]) };
}
