/**
 * Alerts at work: every few seconds each rule is read, judged and moved on, and what changed is written together with the
 * messages about it. Hides when rules are looked at and how messages get out. May import the contract, the stores' ports, the
 * configuration and the call log's questions; sockets only in `send.ts` and `certificates.ts`.
 */
import type { AlertPreview, AlertState } from "@parley/contract/api/alerts";
import type { Alert } from "@parley/contract/config/alerts";
import type { Channel } from "@parley/contract/config/channels";
import type { AlertEventDraft, AlertStore, StoredAlertState } from "@parley/stores/ports/alert-store";
import type { CallFigures } from "@parley/stores/ports/call-figures";
import type { Json } from "@parley/stores/ports/config-store";
import { deedDraft, type Actor } from "../configuration/audit-drafts.ts";
import { asPatch, difference } from "../json/difference.ts";
import { deliveriesOf, type Told } from "./deliveries.ts";
import { judge } from "./judge.ts";
import type { AlertMessage } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { previewOf } from "./preview.ts";
import { RuleReader } from "./rule-reader.ts";
import { advance } from "./rule-state.ts";
import type { Sent } from "./send.ts";
import type { StateSources } from "./state-readings.ts";
import { linkOf, troubleQuery } from "./trouble.ts";

export interface AlertsPorts {
  store: AlertStore;
  callLog: Pick<CallFigures, "groups" | "series">;
  sources: Omit<StateSources, "callLog">;
  rules: () => ReadonlyMap<string, Alert>;
  channels: () => ReadonlyMap<string, Channel>;
  /** Null where there is no such channel. */
  send: (channel: string, message: AlertMessage) => Promise<Sent | null>;
  /** The console's address, for links. */
  origin: () => string;
  newId: () => string;
  now: () => number;
  onError: (message: string, error: unknown) => void;
}

interface Seen {
  at: number;
  value: number | null;
  reason: string;
  query: string;
}

/** What somebody made of an alert's state. */
interface Ordered {
  state: StoredAlertState;
  kind: AlertEventDraft["kind"];
  action: "acknowledge" | "silence" | "unsilence";
  reason: string;
}

const everyMs = 5_000;
const notYet: Seen = { at: 0, value: null, reason: "not looked at yet", query: "" };

export class Alerts {
  readonly #ports: AlertsPorts;
  readonly #reader: RuleReader;
  readonly #outbox: Outbox;
  readonly #states = new Map<string, StoredAlertState>();
  readonly #seen = new Map<string, Seen>();
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(ports: AlertsPorts) {
    this.#ports = ports;
    this.#reader = new RuleReader({ ...ports.sources, callLog: ports.callLog });
    this.#outbox = new Outbox({
      store: ports.store, send: ports.send, now: ports.now, onError: (error) => ports.onError("messages of alerts could not be sent", error),
      onGivenUp: ({ channel, id }, error) => ports.onError(`the message ${id} to the channel ${channel} was given up`, new Error(error)),
    });
  }

  /** Takes up how alerts stood, and what is still to be sent. */
  async start(): Promise<void> {
    for (const state of await this.#ports.store.states()) this.#states.set(state.alert, state);
    this.#outbox.wake();
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#last;
    await this.#outbox.stop();
  }

  states(): AlertState[] {
    const order = ["firing", "pending", "unknown", "ok"];
    return [...this.#ports.rules()].map(([name, rule]) => this.#shown(name, rule)).toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state) || (one.alert < other.alert ? -1 : 1));
  }

  stateOf(name: string): AlertState | null {
    const rule = this.#ports.rules().get(name);
    return rule ? this.#shown(name, rule) : null;
  }

  async preview(alert: Alert, { from, to, signal }: { from: number; to: number; signal: AbortSignal }): Promise<AlertPreview> {
    const at = this.#ports.now();
    const reading = await this.#reader.read(alert, at);
    const now = { value: reading.value, reason: judge(alert.when, reading).reason, query: troubleQuery(alert.when, reading, at) };
    return previewOf(this.#ports.callLog, alert, { from, to, now, signal });
  }

  /** Null where it does not fire. */
  acknowledge(name: string, actor: Actor): Promise<AlertState | null> {
    const by = actor.name;
    return this.#change(name, actor, (state, at) =>
      state.state === "firing" ? { state: { ...state, acknowledged: { by, at } }, kind: "acknowledged", action: "acknowledge", reason: `${by} looks after it` } : null);
  }

  silence(name: string, actor: Actor, { until, reason }: { until: number; reason: string }): Promise<AlertState | null> {
    const told = `until ${new Date(until).toISOString()}${reason === "" ? "" : `: ${reason}`}`;
    return this.#change(name, actor, (state) => ({ state: { ...state, silenced: { by: actor.name, until, reason } }, kind: "silenced", action: "silence", reason: told }));
  }

  unsilence(name: string, actor: Actor): Promise<AlertState | null> {
    return this.#change(name, actor, (state) => (state.silenced ? { state: { ...state, silenced: null }, kind: "unsilenced", action: "unsilence", reason: "the silence was ended" } : null));
  }

  /** Looks at every rule once, after whatever is under way. */
  look(): Promise<void> {
    const turn = this.#last.then(() => this.#lookNow());
    this.#last = turn.catch((error: unknown) => this.#ports.onError("alerts could not be looked at", error));
    return turn;
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.look().catch(() => undefined).finally(() => this.#plan()), everyMs).unref();
  }

  async #lookNow(): Promise<void> {
    const { rules, store, now } = this.#ports;
    const present = rules();
    const gone = [...this.#states.keys()].filter((name) => !present.has(name));
    if (gone.length > 0) await store.forget(gone);
    for (const name of gone) this.#states.delete(name);
    const told: Told[] = [];
    const changed: StoredAlertState[] = [];
    for (const [name, rule] of present) {
      if (this.#stopped) return;
      const looked = await this.#lookAt(name, rule, now()).catch((error: unknown) => this.#failed(name, error));
      if (!looked) continue;
      changed.push(looked.state);
      if (looked.told) told.push(looked.told);
    }
    if (changed.length > 0) await this.#commit(changed, told);
  }

  /** What is unknown is no reason to say that all is well: a firing alert goes on. */
  #failed(name: string, error: unknown): null {
    this.#seen.set(name, { at: this.#ports.now(), value: null, reason: `it could not be measured: ${(error as Error).message}`, query: "" });
    return null;
  }

  /** Null where nothing is to be written. */
  async #lookAt(name: string, rule: Alert, now: number): Promise<{ state: StoredAlertState; told: Told | null } | null> {
    const reading = await this.#reader.read(rule, now);
    const { holds, reason } = judge(rule.when, reading);
    this.#seen.set(name, { at: now, value: reading.value, reason, query: troubleQuery(rule.when, reading, now) });
    const before = this.#stateBefore(name, now);
    const { after, transition } = advance(before, holds, { now, forMs: rule.when.for });
    const over = before.silenced !== null && before.silenced.until <= now;
    const silenced = over ? null : before.silenced;
    const news = newsOf({ before, rule, transition, silenced: silenced !== null, standing: after.state, now });
    if (transition === null && !news.tell && after.state === before.state && !over && this.#states.has(name)) return null;
    const state: StoredAlertState = {
      ...before, state: after.state, since: after.since, silenced, acknowledged: after.state === "firing" && transition === null ? before.acknowledged : null,
      toldAt: news.tell ? now : after.state === "firing" && transition === null ? before.toldAt : null,
    };
    const kind = news.kind;
    const firingSince = transition === "resolved" ? before.since : after.since;
    // Now that it is over the calls of its last window are well: who looks afterwards wants those of the whole firing.
    const query = troubleQuery(rule.when, transition === "resolved" ? { ...reading, windowMs: reading.windowMs + now - before.since } : reading, now);
    return { state, told: kind === null ? null : { name, rule, tell: news.tell, event: { at: now, alert: name, kind, firingSince, value: reading.value, reason, query, by: null } } };
  }

  async #commit(states: StoredAlertState[], told: Told[]): Promise<void> {
    const { store, channels, newId, origin } = this.#ports;
    const deliveries = deliveriesOf(told, { channels: channels(), newId, link: (one) => linkOf(origin(), { metric: one.rule.when.metric, query: one.event.query }) });
    await store.commit({ states, events: told.map(({ event }) => event), deliveries });
    for (const state of states) this.#states.set(state.alert, state);
    if (deliveries.length > 0) this.#outbox.wake();
  }

  #stateBefore(name: string, now: number): StoredAlertState {
    return this.#states.get(name) ?? { alert: name, state: "unknown", since: now, acknowledged: null, silenced: null, toldAt: null };
  }

  /** After whatever is under way, so that none of the two is lost. */
  #change(name: string, actor: Actor, work: (state: StoredAlertState, at: number) => Ordered | null): Promise<AlertState | null> {
    const turn = this.#last.then(async () => {
      const at = this.#ports.now();
      const before = this.#stateBefore(name, at);
      const change = work(before, at);
      if (!change) return null;
      const { state, kind, action, reason } = change;
      const event: AlertEventDraft = { at, alert: name, kind, firingSince: state.state === "firing" ? state.since : null, value: null, reason, query: "", by: actor.name };
      const changes = asPatch(difference(ordered(before), ordered(state)));
      await this.#ports.store.commit({ states: [state], events: [event], deliveries: [], audit: [deedDraft({ action, kind: "alert", name, changes }, { ...actor, at })] });
      this.#states.set(name, state);
      return this.stateOf(name);
    });
    this.#last = turn.then(() => undefined, () => undefined);
    return turn;
  }

  #shown(name: string, rule: Alert): AlertState {
    const now = this.#ports.now();
    const { state, since, acknowledged, silenced } = this.#stateBefore(name, now);
    const seen = this.#seen.get(name) ?? notYet;
    return {
      alert: name, metric: rule.when.metric, severity: rule.severity, state, since, checkedAt: seen === notYet ? null : seen.at, value: seen.value, reason: seen.reason, query: seen.query,
      acknowledged, silenced: silenced !== null && silenced.until > now ? silenced : null,
    };
  }
}

/** What is written down of a look, and whether channels are told. Nobody is told of the end of what nobody was told of. */
function newsOf({ before, rule, transition, silenced, standing, now }: { before: StoredAlertState; rule: Alert; transition: "firing" | "resolved" | null; silenced: boolean; standing: string; now: number }): { kind: AlertEventDraft["kind"] | null; tell: boolean } {
  if (transition === "firing") return { kind: "firing", tell: !silenced };
  if (transition === "resolved") return { kind: "resolved", tell: !silenced && before.toldAt !== null };
  if (standing !== "firing" || silenced) return { kind: null, tell: false };
  const due = before.toldAt === null || (rule.repeat !== undefined && before.acknowledged === null && now - before.toldAt >= rule.repeat);
  return due ? { kind: "repeated", tell: true } : { kind: null, tell: false };
}

/** What people decide of an alert, for the audit log. */
function ordered({ acknowledged, silenced }: StoredAlertState): Json {
  return { acknowledged, silenced };
}
