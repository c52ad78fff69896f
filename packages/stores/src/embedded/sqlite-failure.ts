/** What SQLite says when it cannot do what it was asked, told apart from what it was asked wrongly. */

/** https://www.sqlite.org/rescode.html: busy, locked, read-only, an I/O error, damaged, full, not to be opened, no database. */
const unavailable: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 13, 14, 26]);
const full = 13;

/** Null where it is a bug. */
export function sqliteUnavailable(error: unknown): { isDiskFull: boolean } | null {
  // The low byte; what is above it tells more of the same.
  const code = Number((error as { errcode?: number }).errcode ?? 0) & 0xff;
  return unavailable.has(code) ? { isDiskFull: code === full } : null;
}
