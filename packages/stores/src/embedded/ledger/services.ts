/** The services that the ledger knows, by number; the floors under the counters of forgotten resources; how many resources each has. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { WriteLog } from "./log/write-log.ts";

export interface KnownService {
  id: number;
  name: string;
  revisionFloor: number;
  fenceFloor: number;
  resources: number;
  /** Of the bodies that are kept. */
  baseBytes: number;
}

interface Row {
  id: number;
  name: string;
  revision_floor: number;
  fence_floor: number;
  resources: number;
  base_bytes: number;
}

export class Services {
  readonly #byName = new Map<string, KnownService>();
  readonly #byId = new Map<number, KnownService>();
  readonly #log: WriteLog;
  readonly #all: StatementSync;
  readonly #insert: StatementSync;
  readonly #raise: StatementSync;

  constructor(database: DatabaseSync, log: WriteLog) {
    this.#log = log;
    const counts = "SELECT service, count(*) AS n FROM resource GROUP BY service";
    const bases = "SELECT service, sum(bytes) AS bytes FROM base GROUP BY service";
    this.#all = database.prepare(
      `SELECT s.*, coalesce(c.n, 0) AS resources, coalesce(b.bytes, 0) AS base_bytes FROM service s LEFT JOIN (${counts}) c ON c.service = s.id LEFT JOIN (${bases}) b ON b.service = s.id`,
    );
    this.load();
    this.#insert = database.prepare("INSERT INTO service (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id");
    this.#raise = database.prepare("UPDATE service SET revision_floor = ?, fence_floor = ? WHERE id = ?");
  }

  /** As the database has it; again after an operation's changes were taken back. */
  load(): void {
    this.#byName.clear();
    this.#byId.clear();
    for (const row of this.#all.all() as unknown as Row[]) {
      this.#remember({ id: row.id, name: row.name, revisionFloor: row.revision_floor, fenceFloor: row.fence_floor, resources: row.resources, baseBytes: row.base_bytes });
    }
  }

  /** Made known when it is not. The number of services is that of the configuration. */
  get(name: string): KnownService {
    const known = this.#byName.get(name);
    if (known) return known;
    this.#log.bypass();
    const { id } = this.#insert.get(name) as { id: number };
    return this.#remember({ id, name, revisionFloor: 0, fenceFloor: 0, resources: 0, baseBytes: 0 });
  }

  find(name: string): KnownService | undefined {
    return this.#byName.get(name);
  }

  byId(id: number): KnownService {
    const known = this.#byId.get(id);
    if (!known) throw new Error(`the ledger has rows of a service ${id} that it does not have`);
    return known;
  }

  all(): Iterable<KnownService> {
    return this.#byId.values();
  }

  /** Before a resource is forgotten: one that comes back never gets a revision or a fence that was given out before. */
  raiseFloors(service: KnownService, revision: number, fence: number): void {
    if (revision <= service.revisionFloor && fence <= service.fenceFloor) return;
    service.revisionFloor = Math.max(service.revisionFloor, revision);
    service.fenceFloor = Math.max(service.fenceFloor, fence);
    this.#raise.run(service.revisionFloor, service.fenceFloor, service.id);
  }

  #remember(service: KnownService): KnownService {
    this.#byName.set(service.name, service);
    this.#byId.set(service.id, service);
    return service;
  }
}
