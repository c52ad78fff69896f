/**
 * A lease's times as the machine's clock says them. Leases go by a clock that nobody sets; once the machine's was set the two
 * differ, and a lease that is held would be shown as one that ended long ago.
 */
import type { Lease } from "../../../ports/ledger.ts";

/** What two readings of the clocks may differ by without either having been set. */
const toleranceMs = 2_000;

/** `aheadMs` is how far the machine's clock is ahead of the one that leases go by. */
export function displayedLease(lease: Lease, aheadMs: number): Lease {
  if (Math.abs(aheadMs) < toleranceMs) return lease;
  // Whole seconds, so that one lease is shown with the same times again.
  const shiftMs = Math.round(aheadMs / 1_000) * 1_000;
  return { ...lease, acquiredAt: lease.acquiredAt + shiftMs, expiresAt: lease.expiresAt + shiftMs };
}
