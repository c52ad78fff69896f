/**
 * Bodies of calls in one SQLite file. A damaged file is set aside and a new one begun. Whatever is thrown away is
 * overwritten, and its room goes back to the disk. May import: the port, the contract, node:sqlite.
 */
import { chmodSync, existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { BodyStore } from "../ports/body-store.ts";
import { FileGoneError, KeptFiles } from "./kept-files.ts";

export interface EmbeddedBodyStoreOptions {
  path: string;
  now: () => number;
  onDamage: (message: string) => void;
}

/** Deleted at once at most, so that nobody waits long for the thread. */
const batchRows = 200;
const freedPages = 2_000;

/** Throws where the file cannot be had at all. */
export function openEmbeddedBodyStore(options: EmbeddedBodyStoreOptions): BodyStore {
  const database = open(options);
  const insert = database.prepare("insert into bodies (id, at, service, bytes, sealed) values (?, ?, ?, ?, ?) on conflict (id) do nothing");
  const select = database.prepare("select sealed from bodies where id = ?");
  const sums = database.prepare("select count(*) as calls, coalesce(sum(bytes), 0) as bytes from bodies");
  const oldest = database.prepare("select rowid, bytes from bodies order by at limit ?");
  const deleteRow = database.prepare("delete from bodies where rowid = ?");
  const size = (): { calls: number; bytes: number } => {
    const row = sums.get();
    return { calls: Number(row?.["calls"]), bytes: Number(row?.["bytes"]) };
  };
  const files = new KeptFiles([options.path, `${options.path}-wal`]);
  const giveBack = (): void => database.exec(`pragma incremental_vacuum(${freedPages})`);
  return {
    get trouble() {
      return files.trouble;
    },
    add: async (bodies) => {
      const { trouble } = files;
      if (trouble !== null) throw new FileGoneError(trouble);
      transaction(database, () => {
        for (const { id, at, service, sealed } of bodies) insert.run(id, at, service, sealed.length, sealed);
      });
    },
    get: async (callId) => (select.get(callId)?.["sealed"] as string | undefined) ?? null,
    deleteBefore: async (at, of) => {
      const deleted = deleteBefore(database, at, of);
      if (deleted > 0) giveBack();
      return deleted;
    },
    limitTo: async (bytes) => {
      let over = size().bytes - bytes;
      let deleted = 0;
      while (over > 0) {
        transaction(database, () => {
          for (const row of oldest.all(batchRows)) {
            if (over <= 0) break;
            deleteRow.run(Number(row["rowid"]));
            over -= Number(row["bytes"]);
            deleted++;
          }
        });
        giveBack();
        await new Promise(setImmediate);
      }
      return deleted;
    },
    size: async () => size(),
    close: async () => database.close(),
  };
}

function deleteBefore(database: DatabaseSync, at: number, of: Parameters<BodyStore["deleteBefore"]>[1]): number {
  if (of === undefined) return Number(database.prepare("delete from bodies where at < ?").run(at).changes);
  if ("service" in of) return Number(database.prepare("delete from bodies where at < ? and service = ?").run(at, of.service).changes);
  return Number(database.prepare("delete from bodies where at < ? and service not in (select value from json_each(?))").run(at, JSON.stringify(of.otherThan)).changes);
}

function open({ path, now, onDamage }: EmbeddedBodyStoreOptions): DatabaseSync {
  try {
    return prepared(path);
  } catch (error) {
    if (!existsSync(path) || !isDamage(error)) throw error;
    const aside = `${path}.damaged-${now()}`;
    for (const ending of ["", "-wal", "-shm"]) if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
    onDamage(`the store of bodies was damaged (${(error as Error).message}); it was set aside as ${aside}, and a new one begun`);
    return prepared(path);
  }
}

function isDamage(error: unknown): boolean {
  return /not a database|malformed|corrupt/i.test(error instanceof Error ? error.message : "");
}

function prepared(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    // Before the first table; a mode that the file already has stays.
    database.exec("pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on");
    database.exec("create table if not exists bodies (id text not null unique, at real not null, service text not null, bytes integer not null, sealed text not null)");
    database.exec("create index if not exists bodies_by_age on bodies (at, bytes)");
    if (path !== ":memory:") chmodSync(path, 0o600);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function transaction(database: DatabaseSync, work: () => void): void {
  database.exec("begin immediate");
  try {
    work();
    database.exec("commit");
  } catch (error) {
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}
