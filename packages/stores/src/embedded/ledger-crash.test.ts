import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { finishInput, granted, idempotency, lease, leaseInput, response, sendInput, writeInput } from "../contract-tests/ledger/harness.ts";
import type { Ledger } from "../ports/ledger.ts";
import { connectLedger, startLedger } from "./ledger.ts";

interface Acknowledged {
  /** The highest revision that was acknowledged, by path. */
  revisions: Map<string, number>;
  /** Writes of which "sent" was acknowledged, and which were not finished. */
  sent: Map<string, string>;
  leases: Map<string, string>;
  keys: Set<string>;
}

/** One of many clients: writes to its own path until the ledger is gone. */
async function writeUntilKilled(ledger: Ledger, path: string, acknowledged: Acknowledged): Promise<void> {
  for (let count = 0; ; count += 1) {
    const place = granted(await ledger.prepareWrite(writeInput({ path, lockPath: path, idempotency: idempotency({ key: `${path}-${count}` }) })));
    await ledger.sendWrite(sendInput(place.write, { restMs: 0 }));
    acknowledged.sent.set(path, place.write);
    const done = await ledger.finishWrite(finishInput(place.write, { response }));
    acknowledged.sent.delete(path);
    if (done.kind === "done" && done.revision !== null) acknowledged.revisions.set(path, done.revision);
    acknowledged.keys.add(`${path}-${count}`);
    if (count === 0) acknowledged.leases.set(path, lease(await ledger.acquireLease(leaseInput({ path: `${path}/lease`, ttlMs: 600_000 }))).token);
  }
}

async function serve(paths: { databasePath: string; socketPath: string }): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "ledger/serve-until-killed.ts"), paths.databasePath, paths.socketPath], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

it("loses nothing that it acknowledged when it is killed in the middle of a burst", { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-ledger-crash-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const paths = { databasePath: join(directory, "ledger.db"), socketPath: join(directory, "ledger.sock") };
  const child = await serve(paths);
  const ledger = connectLedger({ socketPath: paths.socketPath });
  const acknowledged: Acknowledged = { revisions: new Map(), sent: new Map(), leases: new Map(), keys: new Set() };
  const clients = Array.from({ length: 50 }, (_, index) => writeUntilKilled(ledger, `/${index}`, acknowledged));
  const ended = Promise.allSettled(clients);
  await expect.poll(() => acknowledged.keys.size, { timeout: 30_000, interval: 5 }).toBeGreaterThan(1_000);
  child.kill("SIGKILL");
  await ended;
  await ledger.close();

  const again = await startLedger({ ...paths, died: () => {} });
  const after = connectLedger({ socketPath: paths.socketPath, deadlineMs: 10_000 });
  onTestFinished(async () => {
    await after.close();
    await again.close();
  });
  for (const [path, revision] of acknowledged.revisions) {
    const state = await after.readResource({ service: "notes", path, view: "" });
    expect(state?.revision).toBeGreaterThanOrEqual(revision);
  }
  const unresolved = new Set((await after.claimUnresolved({ limit: 1_000 })).map((write) => write.write));
  // One that was finished without our hearing of it may be missing here, but then its revision is there.
  for (const [path, write] of acknowledged.sent) {
    const state = await after.readResource({ service: "notes", path, view: "" });
    expect(unresolved.has(write) || (state?.revision ?? 0) > (acknowledged.revisions.get(path) ?? 1)).toBe(true);
  }
  for (const [path, token] of acknowledged.leases) {
    expect((await after.prepareWrite(writeInput({ path: `${path}/lease`, lockPath: `${path}/lease`, lockToken: token }))).kind).toBe("granted");
  }
  for (const key of [...acknowledged.keys].slice(-200)) {
    const path = key.slice(0, key.indexOf("-"));
    const place = await after.prepareWrite(writeInput({ path, lockPath: path, idempotency: idempotency({ key }) }));
    expect(place).toMatchObject({ kind: "idempotency", state: "done" });
  }
});
