/**
 * The statements that the log can repeat. A log that was left behind by a killed process is read by the release that starts
 * next, so a number keeps its meaning for ever: a changed statement gets a new one.
 */
import type { LoggedValue } from "./record-buffer.ts";

interface LoggedStatement {
  /** In the file. */
  number: number;
  /** A letter for each value: bytes, integer or text; a capital one may be null. */
  takes: string;
  sql: string;
}

export const loggedStatements = {
  putResource: {
    number: 21,
    takes: "bitiiitiiTBt",
    sql: "INSERT OR REPLACE INTO resource (key, service, path, revision, fence, changed_at, changed_by, touched_at, seen_revision, etag, digest, view) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  },
  /** Of releases that had no view in the row. */
  putResourceWithoutView: { number: 1, takes: "bitiiitiiTB", sql: "INSERT OR REPLACE INTO resource (key, service, path, revision, fence, changed_at, changed_by, touched_at, seen_revision, etag, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
  advanceResource: { number: 2, takes: "iitib", sql: "UPDATE resource SET revision = ?, changed_at = ?, changed_by = ?, touched_at = ? WHERE key = ?" },
  changeResource: { number: 3, takes: "iitTBb", sql: "UPDATE resource SET revision = ?1, seen_revision = ?1, changed_at = ?2, touched_at = ?2, changed_by = ?3, etag = ?4, digest = ?5 WHERE key = ?6" },
  seeResource: { number: 4, takes: "iTBib", sql: "UPDATE resource SET seen_revision = ?, etag = ?, digest = ?, touched_at = ? WHERE key = ?" },
  setFence: { number: 5, takes: "ib", sql: "UPDATE resource SET fence = ? WHERE key = ?" },
  putView: { number: 6, takes: "btiiTB", sql: "INSERT OR REPLACE INTO representation VALUES (?, ?, ?, ?, ?, ?)" },
  addChange: { number: 7, takes: "biiitttTB", sql: "INSERT INTO change (key, service, revision, at, by, call, method, etag, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
  completeChange: { number: 8, takes: "BTbi", sql: "UPDATE change SET digest = ?, etag = coalesce(etag, ?) WHERE key = ? AND revision = ? AND digest IS NULL" },
  keepBase: {
    number: 9,
    takes: "bbiiitb",
    sql: `INSERT INTO base (key, digest, service, expires_at, bytes, content_type, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key, digest) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
  },
  putSent: { number: 10, takes: "tbbitttttiiiTBBt", sql: "INSERT OR REPLACE INTO write VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
  deleteSent: { number: 11, takes: "t", sql: "DELETE FROM write WHERE id = ?" },
  putKey: { number: 12, takes: "bibti", sql: "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, 'sent', ?, ?, NULL)" },
  settleKey: { number: 13, takes: "tt", sql: "UPDATE idempotency SET state = 'done', response = ?, write = NULL WHERE write = ?" },
  forgetKey: { number: 14, takes: "t", sql: "DELETE FROM idempotency WHERE write = ?" },
  loseKey: { number: 15, takes: "t", sql: "UPDATE idempotency SET state = 'unknown' WHERE write = ?" },
  extendLease: { number: 16, takes: "ib", sql: "UPDATE lease SET expires_at = max(expires_at, ?) WHERE key = ?" },
  keepNewBase: { number: 19, takes: "bbiiitb", sql: "INSERT INTO base (key, digest, service, expires_at, bytes, content_type, body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key, digest) DO NOTHING" },
  extendBase: { number: 20, takes: "ibb", sql: "UPDATE base SET expires_at = max(expires_at, ?) WHERE key = ? AND digest = ?" },
  putConflict: {
    number: 17,
    takes: "ttittttttt",
    sql: `INSERT INTO conflict (id, service, at, state, cause, origin, resource, call, consumers, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, cause = excluded.cause, origin = excluded.origin, record = excluded.record`,
  },
  endLeaseAt: { number: 18, takes: "ib", sql: "UPDATE lease SET expires_at = ? WHERE key = ? AND broken = 0" },
} as const satisfies Record<string, LoggedStatement>;

export type LoggedName = keyof typeof loggedStatements;

/** What a table would refuse has to be refused when it is recorded, since the table may be told much later. */
export function refusedValue(name: LoggedName, values: readonly LoggedValue[]): string | null {
  const { takes } = loggedStatements[name];
  if (values.length !== takes.length) return `${values.length} values`;
  for (let index = 0; index < values.length; index += 1) if (!fits(takes.charCodeAt(index), values[index])) return `value ${index + 1}`;
  return null;
}

/** "b", "i", "t" and "T". */
const letters = { bytes: 98, integer: 105, text: 116, nullableText: 84 } as const;

function fits(letter: number, value: LoggedValue | undefined): boolean {
  switch (letter) {
    case letters.integer:
      return Number.isSafeInteger(value);
    case letters.text:
      return typeof value === "string";
    case letters.bytes:
      return value instanceof Uint8Array;
    case letters.nullableText:
      return value === null || typeof value === "string";
    default:
      return value === null || value instanceof Uint8Array;
  }
}
