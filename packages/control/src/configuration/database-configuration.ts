/**
 * The configuration whose truth is the database, with what the environment gives underneath. Changes are computed from a
 * consistent state, committed against that state's tag, and computed again when another process was faster.
 */
import type { Diagnostic } from "@parley/contract/api/system";
import type { ConfigStore, Json, StoredEntity } from "@parley/stores/ports/config-store";
import { refuse, refuseBody } from "../refusal.ts";
import { compileEntity, type SnapshotEntry } from "../publishing/compile.ts";
import type { Publisher } from "../publishing/publisher.ts";
import { writeDraft, type Actor, type Write } from "./audit-drafts.ts";
import { Collection, Layers, proposed, type ReadonlyCollection } from "./collection.ts";
import type { Configuration } from "./configuration.ts";
import { crossErrors, referrersOf } from "./cross-checks.ts";
import { defaultSettings } from "./default-settings.ts";
import type { HeldEntity, Kind } from "./entity.ts";

export interface DatabaseConfigurationPorts {
  store: ConfigStore;
  publisher: Publisher;
  /** Providers of the environment, their keys and consumer. */
  environment: readonly HeldEntity[];
  now: () => number;
}

export interface State {
  /** What the database has. */
  stored: ReadonlyCollection;
  /** What is in force: the database over the environment over defaults. */
  inForce: ReadonlyCollection;
  tag: string;
}

const maxAttempts = 5;
const maxWaiting = 1_000;

export class DatabaseConfiguration implements Configuration {
  readonly mode = "database";
  readonly #ports: DatabaseConfigurationPorts;
  #stored = new Collection();
  #state: State;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** True when nothing was ever committed. */
  untouched = false;

  constructor(ports: DatabaseConfigurationPorts) {
    this.#ports = ports;
    this.#state = this.#stateOf("");
  }

  get entities(): ReadonlyCollection {
    return this.#state.inForce;
  }

  get stored(): ReadonlyCollection {
    return this.#state.stored;
  }

  get tag(): string {
    return this.#state.tag;
  }

  diagnostics(): Diagnostic[] {
    return this.#ports.environment
      .filter((entity) => entity.kind === "provider" && this.#stored.has("provider", entity.name))
      .map((entity) => ({
        code: "config-conflict", severity: "warning", pointer: `/ai/providers/${entity.name}`,
        message: `the provider ${entity.name} is configured in the database and by environment variables; the database's is used`,
      }));
  }

  async load(): Promise<void> {
    const { tag, entities, untouched } = await this.#ports.store.entities.read();
    this.#stored = new Collection(entities.map(heldOf));
    this.#state = this.#stateOf(tag);
    this.untouched = untouched;
  }

  entries(): SnapshotEntry[] {
    return [...this.entities.all()].flatMap((entity) => compileEntity(entity) ?? []);
  }

  /** `work` looks at the state and says what to write; it may be asked again, and refuses by throwing. */
  change(actor: Actor, work: (state: State) => Write[]): Promise<void> {
    if (this.#waiting >= maxWaiting) refuse("too-many-attempts", "too many changes are waiting", { status: 503, headers: { "Retry-After": "1" } });
    this.#waiting++;
    const turn = this.#last.then(() => this.#attempt(actor, work)).finally(() => this.#waiting--);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #attempt(actor: Actor, work: (state: State) => Write[]): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const writes = work(this.#state);
      if (writes.length === 0) return;
      this.#check(writes);
      const at = this.#ports.now();
      const audit = writes.map((write) => writeDraft(write, this.#specBefore(write), { ...actor, at }));
      const outcome = await this.#ports.store.entities.commit({ base: this.tag, writes, actor: actor.name, at, audit });
      if (!outcome.stale) return this.#takeOver(writes, outcome);
      await this.load();
      await this.#ports.publisher.publishAll(this.entries());
    }
    refuse("precondition-failed", "the configuration is being changed by many at once");
  }

  /** Settings are always there, written or not. */
  #specBefore({ kind, name }: Write): Json | undefined {
    return (kind === "settings" ? this.entities : this.#stored).get(kind, name)?.spec;
  }

  #check(writes: readonly Write[]): void {
    const after = proposed(this.entities, writes.map((write) => ({ kind: write.kind, name: write.name, entity: this.#proposedEntity(write) })));
    for (const write of writes) {
      const entity = after.get(write.kind, write.name);
      const errors = entity ? crossErrors(entity, after) : [];
      const placed = errors.map(({ pointer, message }) => ({ pointer: `/spec${pointer}`, message }));
      if (placed.length > 0) refuseBody(placed, writes.length > 1 ? `${write.kind} ${write.name}` : undefined);
      const referrers = entity ? [] : referrersOf(write, after);
      if (referrers.length > 0) refuse("in-use", `the ${write.kind} ${write.name} is used by ${referrers.slice(0, 10).join(", ")}${referrers.length > 10 ? " and others" : ""}`);
    }
  }

  /** What would be in force: where the database's goes, the environment's may show. */
  #proposedEntity(write: Write): HeldEntity | null {
    if (write.spec === null) return this.#lower(this.#stored).get(write.kind, write.name) ?? null;
    return { kind: write.kind, name: write.name, spec: write.spec, origin: "database", tag: "", updatedAt: 0, updatedBy: "" };
  }

  async #takeOver(writes: readonly Write[], outcome: { tag: string; written: StoredEntity[] }): Promise<void> {
    const places = writes.flatMap(placesTouched);
    const before = places.map(({ kind, name }) => this.entities.get(kind, name));
    for (const { kind, name, spec } of writes) if (spec === null) this.#stored.remove(kind, name);
    for (const entity of outcome.written) this.#stored.put(heldOf(entity));
    this.#state = this.#stateOf(outcome.tag);
    this.untouched = false;
    await this.#ports.publisher.publish(places.flatMap(({ kind, name }, index) => entriesOf(before[index], this.entities.get(kind, name))));
  }

  #stateOf(tag: string): State {
    return { tag, stored: this.#stored, inForce: new Layers(this.#stored, this.#lower(this.#stored)) };
  }

  /** A provider's key from the environment opens the gateway only while that provider is the one in force. */
  #lower(stored: Collection): Collection {
    const environment = this.#ports.environment.filter((entity) => !(entity.kind === "key" && stored.has("provider", entity.name.replace(/^environment-/, ""))));
    return new Collection([...defaultSettings("database"), ...environment]);
  }
}

/** With a provider its key from the environment comes and goes. */
function placesTouched({ kind, name }: Write): { kind: Kind; name: string }[] {
  return kind === "provider" ? [{ kind, name }, { kind: "key", name: `environment-${name}` }] : [{ kind, name }];
}

function entriesOf(before: HeldEntity | undefined, after: HeldEntity | undefined): SnapshotEntry[] {
  const gone = before ? compileEntity(before) : null;
  const there = after ? compileEntity(after) : null;
  const removed = gone && gone.name !== there?.name ? [{ ...gone, value: null }] : [];
  return there ? [...removed, there] : removed;
}

function heldOf(entity: StoredEntity): HeldEntity {
  return { ...entity, kind: entity.kind as Kind, origin: "database" };
}
