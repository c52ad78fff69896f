import { copyFileSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { describeLedger } from "../contract-tests/ledger.ts";
import { granted, lease as leaseOf, leaseInput, type LedgerUnderTest, note, sendInput, type TestCaps, writeInput, writeOnce } from "../contract-tests/ledger/harness.ts";
import type { Ledger } from "../ports/ledger.ts";
import { LedgerHost } from "./ledger/host.ts";
import { serveLedger } from "./ledger/server.ts";
import type { SocketServer } from "./socket-server.ts";
import { connectLedger, type EmbeddedLedger, startLedger } from "./ledger.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-ledger-"));
  directories.push(directory);
  return directory;
}

/** The engine in this thread, where its clock can be moved, behind a real socket. */
class ServedLedger implements LedgerUnderTest {
  #directory = newDirectory();
  readonly #caps: TestCaps;
  #nowMs = Date.UTC(2026, 0, 1);
  #host!: LedgerHost;
  #server!: SocketServer;
  #connections: Ledger[] = [];
  ledger!: Ledger;

  constructor(caps: TestCaps) {
    this.#caps = caps;
  }

  async open(): Promise<this> {
    this.#host = new LedgerHost({
      path: join(this.#directory, "ledger.db"), now: () => this.#nowMs, caps: this.#caps,
      fatal: (error) => {
        throw error;
      },
    });
    this.#server = await serveLedger(join(this.#directory, "ledger.sock"), this.#host);
    this.ledger = await this.connect();
    return this;
  }

  connect = (): Promise<Ledger> => {
    // Thousands of requests at once are answered late on a busy machine: none of these guarantees is about how late.
    const ledger = connectLedger({ socketPath: join(this.#directory, "ledger.sock"), deadlineMs: 30_000 });
    this.#connections.push(ledger);
    return Promise.resolve(ledger);
  };

  advance = (milliseconds: number): void => {
    this.#nowMs += milliseconds;
    this.#host.tick();
  };

  sweep = (): void => this.#host.sweep();

  /** What a killed process leaves behind is its files as they are, once it has done what it was asked in this turn. */
  restart = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    const left = newDirectory();
    for (const name of ["ledger.db", "ledger.db-wal", "ledger.db-log"]) copyFileSync(join(this.#directory, name), join(left, name));
    await this.close();
    this.#directory = left;
    await this.open();
  };

  close = async (): Promise<void> => {
    // First the server: the clients must not be able to say goodbye, as a killed process would not let them.
    await this.#server.close();
    for (const connection of this.#connections.splice(0)) await connection.close();
    this.#host.close();
  };
}

describeLedger("SQLite over a socket", (caps = {}) => new ServedLedger(caps).open());

describe("after the machine's clock was set", () => {
  const hourMs = 3_600_000;

  it.each([["forward", 5 * hourMs], ["back", -5 * hourMs]])("%s, a lease is shown as it is held: begun and ending by the machine's clock, and no longer than it was given for", async (_, setMs) => {
    const directory = newDirectory();
    const socketPath = join(directory, "ledger.sock");
    const clock = { steadyMs: Date.UTC(2026, 0, 1), setMs: 0 };
    const host = new LedgerHost({ path: join(directory, "ledger.db"), now: () => clock.steadyMs, wallNow: () => clock.steadyMs + clock.setMs, fatal: (error) => { throw error; } });
    const server = await serveLedger(socketPath, host);
    const ledger = connectLedger({ socketPath });
    onTestFinished(async () => {
      await ledger.close();
      await server.close();
      host.close();
    });
    const { lease: given } = leaseOf(await ledger.acquireLease(leaseInput()));
    clock.setMs = setMs + 300;
    clock.steadyMs += 1_000;
    const [listed] = await ledger.listLeases({ service: given.service, limit: 10 });
    expect(listed).toEqual({ ...given, acquiredAt: given.acquiredAt + setMs, expiresAt: given.expiresAt + setMs });
    expect(await ledger.getLease({ id: given.id })).toEqual(listed);
    clock.steadyMs += given.expiresAt - given.acquiredAt;
    expect(await ledger.listLeases({ service: given.service, limit: 10 })).toEqual([]);
  });
});

describe("the ledger's thread", () => {
  async function start(): Promise<{ directory: string; socketPath: string; thread: EmbeddedLedger }> {
    const directory = newDirectory();
    const socketPath = join(directory, "ledger.sock");
    const thread = await startLedger({ databasePath: join(directory, "ledger.db"), socketPath, died: () => {} });
    return { directory, socketPath, thread };
  }

  it("serves, keeps its files to its owner, and keeps what it said when it is closed", async () => {
    const { directory, socketPath, thread } = await start();
    const ledger = connectLedger({ socketPath });
    const revision = await writeOnce(ledger, {}, { fsync: true });
    for (const name of ["ledger.db", "ledger.db-wal", "ledger.db-log", "ledger.sock"]) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
    await thread.close();
    const again = await startLedger({ databasePath: join(directory, "ledger.db"), socketPath, died: () => {} });
    onTestFinished(async () => {
      await ledger.close();
      await again.close();
    });
    expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision });
  });

  it("is unavailable while another program has its database locked, and carries on afterwards", async () => {
    const { directory, socketPath, thread } = await start();
    const ledger = connectLedger({ socketPath });
    onTestFinished(async () => {
      await ledger.close();
      await thread.close();
    });
    const claims = [{ key: "consumer:acme:cost:60s", limit: 100, period: { kind: "rolling", milliseconds: 60_000 }, zone: "UTC", amount: 10, least: 10, floor: 0 }] as const;
    const other = new DatabaseSync(join(directory, "ledger.db"));
    other.exec("BEGIN EXCLUSIVE");
    await expect(ledger.reserveBudget({ reservation: "one", claims: [...claims], ttlMs: 30_000 })).rejects.toMatchObject({ code: "ledger-unavailable", message: expect.stringContaining("locked") as string });
    other.exec("ROLLBACK");
    other.close();
    expect(await ledger.reserveBudget({ reservation: "two", claims: [...claims], ttlMs: 30_000 })).toMatchObject({ kind: "reserved", states: [{ used: 10 }] });
  });

  it.each(["ledger.db", "ledger.db-wal", "ledger.db-log"])("is unavailable for writes and no longer well once its file %s was removed or replaced, and carries on when it is put back", async (name) => {
    const { directory, socketPath, thread } = await start();
    const ledger = connectLedger({ socketPath });
    onTestFinished(async () => {
      await ledger.close();
      await thread.close();
    });
    const file = join(directory, name);
    const written = await writeOnce(ledger, {});
    renameSync(file, `${file}.away`);
    const gone = { code: "ledger-unavailable", message: expect.stringContaining(`${file} was removed or replaced`) as string };
    await vi.waitFor(() => expect(ledger.size({ service: null })).rejects.toMatchObject(gone));
    await expect(ledger.prepareWrite(writeInput())).rejects.toMatchObject(gone);
    await expect(ledger.acquireLease(leaseInput())).rejects.toMatchObject(gone);
    writeFileSync(file, "another");
    await expect(ledger.size({ service: null })).rejects.toMatchObject(gone);
    renameSync(`${file}.away`, file);
    await vi.waitFor(() => ledger.size({ service: null }));
    expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision: written });
    expect(await writeOnce(ledger, {})).toBeGreaterThan(written);
  });

  it("loses nothing by an end and a start after its write-ahead log or its log was removed", async () => {
    const { directory, socketPath, thread } = await start();
    const ledger = connectLedger({ socketPath });
    const revision = await writeOnce(ledger, {});
    for (const name of ["ledger.db-wal", "ledger.db-log"]) rmSync(join(directory, name));
    await vi.waitFor(() => expect(ledger.size({ service: null })).rejects.toMatchObject({ code: "ledger-unavailable" }));
    await thread.close();
    const again = await startLedger({ databasePath: join(directory, "ledger.db"), socketPath, died: () => {} });
    onTestFinished(async () => {
      await ledger.close();
      await again.close();
    });
    expect(await ledger.readResource({ ...note, view: "" })).toMatchObject({ revision });
  });

  it("takes over the conflicts of an earlier release's table", async () => {
    const directory = newDirectory();
    const path = join(directory, "ledger.db");
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE conflict (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, service TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, cause TEXT NOT NULL, record TEXT NOT NULL) STRICT; CREATE INDEX conflict_service ON conflict (service, sequence);");
    const record = { id: "a".repeat(32), service: "notes", resource: "/notes/7", consumers: ["acme", "globex"], at: 5 };
    database.prepare("INSERT INTO conflict VALUES (7, ?, 'notes', 5, 'lost', 'lost-update', ?)").run(record.id, JSON.stringify(record));
    database.close();
    for (let round = 0; round < 2; round += 1) {
      const host = new LedgerHost({ path, now: () => 10, fatal: (error) => expect.fail(error.message) });
      const found = await new Promise((answer, failed) => host.submit("findConflicts", { session: {}, input: { service: null, state: null, cause: null, after: null, limit: 9, consumer: "globex", resource: "/notes/7" }, answer, failed }));
      expect(found).toEqual({ items: [record], cursors: ["7"], next: null });
      host.close();
    }
  });

  it("cannot be started on a database that is none", async () => {
    await expect(startLedger({ databasePath: newDirectory(), socketPath: join(newDirectory(), "x.sock"), died: () => {} })).rejects.toThrow(/unable to open/);
  });
});

describe("the ledger's client", () => {
  it("ends every request by its deadline when nobody is there", async () => {
    const ledger = connectLedger({ socketPath: join(newDirectory(), "none.sock"), deadlineMs: 100 });
    onTestFinished(() => ledger.close());
    const started = performance.now();
    await expect(ledger.readResource({ ...note, view: "" })).rejects.toMatchObject({ code: "ledger-unavailable", reason: "down" });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("says at once that what was sent is unknown when the connection is lost, and comes back by itself", async () => {
    const directory = newDirectory();
    const paths = { databasePath: join(directory, "ledger.db"), socketPath: join(directory, "ledger.sock") };
    const first = await startLedger({ ...paths, died: () => {} });
    const ledger = connectLedger({ socketPath: paths.socketPath, deadlineMs: 10_000 });
    const holder = granted(await ledger.prepareWrite(writeInput()));
    await ledger.sendWrite(sendInput(holder.write, { restMs: 0 }));
    const waiting = ledger.prepareWrite(writeInput({ waitMs: 60_000 }));
    const outcome = expect(waiting).rejects.toMatchObject({ code: "ledger-unavailable" });
    await ledger.readResource({ ...note, view: "" });
    await first.close();
    await outcome;
    const later = ledger.size({ service: null });
    const second = await startLedger({ ...paths, died: () => {} });
    onTestFinished(async () => {
      await ledger.close();
      await second.close();
    });
    expect(await later).toMatchObject({ unresolvedWrites: 1 });
  });

  it("takes no more than it can hold, and nothing once it is closed", async () => {
    const ledger = connectLedger({ socketPath: join(newDirectory(), "none.sock"), maxInFlight: 2, deadlineMs: 5_000 });
    const asked = [1, 2, 3].map(() => ledger.size({ service: null }).catch((error: unknown) => error));
    expect(await asked[2]).toMatchObject({ reason: "overload" });
    await ledger.close();
    expect(await asked[0]).toMatchObject({ reason: "down" });
    await expect(ledger.size({ service: null })).rejects.toMatchObject({ reason: "down" });
  });
});
