/** For tests that have nothing to do with conflicts: the conflict policy's ports with a ledger that nobody serves. */
import { randomBytes } from "node:crypto";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import { connectLedger } from "@parley/stores/embedded/ledger";
import { ConflictBook } from "../policies/conflict/book.ts";
import type { ConflictPorts } from "../policies/conflict/conflict-ports.ts";

export function conflictsUnderTest(socketPath = "/nobody/serves/this.sock"): ConflictPorts {
  const ledger = connectLedger({ socketPath });
  const monotonicMs = (): number => performance.now();
  return {
    ledger, counters: new MemoryCounters(), monotonicMs, book: new ConflictBook({ ledger, monotonicMs, log: () => {} }), now: Date.now, random: Math.random, randomBytes: (count) => randomBytes(count),
    redaction: () => ({ shown: [], kept: [] }), underWay: () => {}, warn: () => {},
  };
}
