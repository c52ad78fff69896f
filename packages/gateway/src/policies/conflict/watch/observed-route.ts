/**
 * Hot path (benchmarks: observe, scale). One route that is observed: its settings and its observer in as few objects as can be, because of
 * ten thousand routes those of the next call are in no cache.
 */
import type { RouteGuarantee } from "@parley/contract/api/conflicts";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { ConflictPlan, RoutePlan } from "../../../pipeline/route-plan.ts";
import type { GuardedRoute } from "../book.ts";
import type { ConflictPorts } from "../conflict-ports.ts";
import { staleAnswersOf } from "../guard/representation/adapters.ts";
import type { LostUpdate, Overtaken, Salt } from "../observe/index.ts";
import type { StaleAnswers } from "../requests/stale-answers.ts";
import { unguarded } from "../unguarded.ts";
import { compileActor, type FindActor } from "./actor.ts";
import { lostUpdateRecord, potentialRecord } from "./found-records.ts";
import { Observer, type ReadSeen, type WriteSeen } from "./observer.ts";
import type { WatchedRoute, Watcher, WriteAbout } from "./watcher.ts";

export class ObservedRoute implements GuardedRoute, WatchedRoute, Watcher {
  readonly service: string;
  /** With several workers whoever follows the resource; with one the route itself. */
  readonly watcher: Watcher;
  observer: Observer;
  readonly actorOf: FindActor;
  /** Of the settings, where a call finds it at once. */
  readonly maxBody: number;
  readonly access: RoutePlan["access"];
  readonly settings: ConflictPlan["settings"];
  readonly ports: ConflictPorts;
  readonly recover = null;
  readonly #salt: Salt;
  #stale: StaleAnswers | null = null;

  /** Known to the book from here on. */
  constructor(plan: RoutePlan, { settings }: ConflictPlan, ports: ConflictPorts) {
    const salt = ports.randomBytes(8);
    this.#salt = { high: salt.readUInt32LE(0), low: salt.readUInt32LE(4) };
    this.service = plan.service;
    this.observer = new Observer(this.#salt, ports);
    this.actorOf = compileActor(settings.actor);
    this.maxBody = settings.maxBody;
    this.access = plan.access;
    this.settings = settings;
    this.ports = ports;
    this.watcher = ports.watchShared ? ports.watchShared(plan.service, this) : this;
    ports.book.register(plan.service, this);
  }

  /** Asked for when something was written. */
  get stale(): StaleAnswers {
    return (this.#stale ??= staleAnswersOf(this.settings));
  }

  guarantee(): RouteGuarantee {
    return unguarded(this.service, "observe");
  }

  potential(): ConflictRecord[] {
    return this.observer.potential(this.ports.now()).map((found) => potentialRecord(this, found));
  }

  found(lost: LostUpdate, about: WriteAbout): ConflictRecord {
    const record = lostUpdateRecord(this, lost, about);
    this.ports.book.record(record);
    return record;
  }

  forget(): void {
    this.observer = new Observer(this.#salt, this.ports);
  }

  /** In one worker events come in their order. */
  nowMs(): number {
    return 0;
  }

  read(seen: ReadSeen): void {
    this.observer.read(seen);
  }

  removed(path: string): void {
    this.observer.removed(path);
  }

  overtaken(path: string, actor: string): Overtaken | null {
    return this.observer.overtaken(path, actor);
  }

  write(seen: WriteSeen, about: WriteAbout): ConflictRecord | null {
    const lost = this.observer.write(seen);
    return lost === null ? null : this.found(lost, about);
  }
}
