import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { connectLedger, startLedger } from "@parley/stores/embedded/ledger";
import { expect, test } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startControl } from "../testing/start-control.ts";

let sequence = 0;

function aConflict(over: Partial<ConflictRecord>): ConflictRecord {
  return {
    id: (++sequence).toString(16).padStart(32, "0"), at: Date.now(), state: "prevented", service: "notes", resource: "/notes/7", method: "PUT", consumers: ["ann"], status: 412, detail: "It was changed.",
    cause: "concurrent-modification", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, retry: { strategy: "refetch" }, ...over,
  } as ConflictRecord;
}

test("who collides with whom on what is counted pair by pair, the worst first, of a service and a range", async () => {
  const control = await startControl();
  const served = await startLedger({ databasePath: control.place.ledgerDatabase, socketPath: control.place.ledgerSocket, died: () => {} });
  const ledger = connectLedger({ socketPath: control.place.ledgerSocket });
  try {
    await eventually(async () => (await control.call("GET", "/api/conflicts")).status).toBe(200);
    for (const over of [
      { consumers: ["ann", "bob"] }, { consumers: ["ann", "bob"], resource: "/notes/8", cause: "lost-update" as const, state: "lost" as const }, { consumers: ["ann", "bob"] },
      { consumers: ["bob", "ann", "cy"] }, { consumers: ["ann"] }, { consumers: ["dan", "eve"], service: "files" }, { consumers: ["ann", "old"], at: Date.now() - 3 * 24 * 3_600_000 },
    ]) await ledger.recordConflict(aConflict(over));
    const { body } = await control.call("GET", "/api/conflicts/matrix?service=notes");
    const cells = body["cells"] as { by: string | null; with: string | null; count: number }[];
    expect([body["counted"], body["isComplete"]]).toEqual([5, true]);
    expect(cells[0]).toMatchObject({
      by: "ann", with: "bob", count: 3, lost: 1, causes: [{ cause: "concurrent-modification", count: 2 }, { cause: "lost-update", count: 1 }],
      resources: [{ service: "notes", resource: "/notes/7", count: 2 }, { service: "notes", resource: "/notes/8", count: 1 }],
    });
    expect(new Set(cells.slice(1).map((cell) => `${cell.by} ${cell.with} ${cell.count}`))).toEqual(new Set(["bob ann 1", "bob cy 1", "ann null 1"]));
    const all = await control.call("GET", "/api/conflicts/matrix?from=0");
    expect(all.body).toMatchObject({ counted: 7, isComplete: true });
  } finally {
    await ledger.close();
    await control.stop();
    await served.close();
  }
});
