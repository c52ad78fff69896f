/** The budgets' tables: what was used by slot, reservations included, and which reservations are open. Keys are hashes, as elsewhere in the ledger. */
export const budgetTables = `
CREATE TABLE IF NOT EXISTS budget_use (
  key BLOB NOT NULL, slot INTEGER NOT NULL, ends INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (key, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS budget_use_ends ON budget_use (ends);
CREATE TABLE IF NOT EXISTS budget_reservation (
  id TEXT NOT NULL, claim INTEGER NOT NULL, key BLOB NOT NULL, slot INTEGER NOT NULL, amount INTEGER NOT NULL, floor INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (id, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS budget_reservation_expiry ON budget_reservation (expires_at);
`;
