/**
 * Serves the channel between the planes: greets gateways, gives each the snapshot that it lacks, and passes on what they
 * report. Hides sockets and framing. May import the contract; what a report means is decided by whoever listens.
 */
import { createServer, type Server } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ModelState } from "@parley/contract/api/model-state";
import type { CacheState } from "@parley/contract/api/cache";
import type { MirrorState } from "@parley/contract/api/mirror";
import type { TargetState } from "@parley/contract/api/targets";
import type { CallRecord } from "@parley/contract/call-record";
import type { ControlMessage, GatewayMessage, MetricFamily, RestoreOrder, RestoreOutcome } from "@parley/contract/channel";
import { listenPrivately } from "@parley/contract/private-socket";
import { GatewayConnection, type GatewayState } from "./gateway-connection.ts";

export type ConflictReport = Pick<Extract<GatewayMessage, { type: "conflicts" }>, "potential" | "guarantees">;

export interface ChannelEvents {
  /** Lines that lead a gateway from the version that it has to the newest. */
  linesSince(version: number): Iterable<string>;
  wholeLines(): Iterable<string>;
  version(): number;
  onSealed(segment: string): void;
  onCalls(records: CallRecord[], dropped: number): void;
  onConnected(state: GatewayState): void;
  onDisconnected(state: GatewayState): void;
  now(): number;
}

type Hello = Extract<GatewayMessage, { type: "hello" }>;
type CachePurge = { service: string | null; path: string | null };
type CacheReport = { states: CacheState[]; gone: number };
type Asked = { type: "targets" | "conflicts" | "models" } | { type: "metrics"; only: "losses" | null } | { type: "restore"; order: RestoreOrder } | { type: "mirrors"; forget: string | null } | { type: "caches"; purge: CachePurge | null };
type Question<Answer> = { pending: Map<number, (answer: Answer) => void>; withinMs: number } & Asked;

const turnsToBeHeard = 3;

export class ChannelServer {
  readonly #server: Server;
  readonly #events: ChannelEvents;
  readonly #connections = new Set<GatewayConnection>();
  readonly #pendingMetrics = new Map<number, (families: MetricFamily[]) => void>();
  readonly #pendingTargets = new Map<number, (states: TargetState[]) => void>();
  readonly #pendingCaches = new Map<number, (report: CacheReport) => void>();
  readonly #pendingMirrors = new Map<number, (states: MirrorState[]) => void>();
  readonly #pendingModels = new Map<number, (state: ModelState) => void>();
  readonly #pendingConflicts = new Map<number, (report: ConflictReport) => void>();
  readonly #pendingRestores = new Map<number, (outcome: RestoreOutcome) => void>();
  readonly #awaitingVersion = new Set<() => void>();
  /** Gateways that came before there was anything to give them; null once there is. */
  #early: { connection: GatewayConnection; hello: Hello }[] | null = [];
  #watched: readonly string[] | null = null;
  #nextRequest = 1;

  constructor(events: ChannelEvents) {
    this.#events = events;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  listen(path: string): Promise<void> {
    return listenPrivately(this.#server, path);
  }

  /** From now on gateways are greeted: before, whoever has the snapshot of the start before would be given less. Resolves when those who were waiting have been sent what they lack. */
  async begin(): Promise<void> {
    // Who came while a large configuration was taken in still waits at the socket: to be accepted in one turn, and heard in another.
    for (let turn = 0; turn < turnsToBeHeard; turn++) await nextTurn();
    const early = this.#early ?? [];
    this.#early = null;
    for (const { connection, hello } of early) if (this.#connections.has(connection)) this.#greet(connection, hello);
    await Promise.all(Array.from(this.#connections, (connection) => connection.sent()));
  }

  /** How many gateways are there before `begin`. */
  get waiting(): number {
    return this.#early?.length ?? 0;
  }

  gateways(): GatewayState[] {
    return [...this.#connections].flatMap((connection) => (connection.state ? [connection.state] : [])).toSorted((one, other) => one.worker - other.worker);
  }

  broadcast(delta: { base: number; version: number; lines: () => readonly string[] }): void {
    for (const connection of this.#connections) {
      if (!connection.state) continue;
      this.#send(connection, connection.sentVersion === delta.base ? delta.lines() : this.#events.linesSince(connection.sentVersion));
    }
  }

  /** `queries` are what is looked for; null is nobody's looking, and without any in it everything is sent. */
  watch(queries: readonly string[] | null): void {
    this.#watched = queries;
    for (const connection of this.#connections) if (connection.state) connection.send(watchMessage(queries));
  }

  /** Once every connected gateway has this version or a later one in force; false where there is none, or it takes too long. */
  async applied(version: number, withinMs: number): Promise<boolean> {
    const areThere = (): boolean => this.gateways().length > 0 && this.gateways().every(({ snapshotVersion }) => snapshotVersion >= version);
    if (areThere() || this.gateways().length === 0) return areThere();
    return new Promise((resolve) => {
      const finish = (isThere: boolean): void => {
        clearTimeout(timer);
        this.#awaitingVersion.delete(look);
        resolve(isThere);
      };
      const look = (): void => (areThere() ? finish(true) : undefined);
      const timer = setTimeout(() => finish(areThere()), withinMs);
      this.#awaitingVersion.add(look);
    });
  }

  /** What every gateway counts, from those that answer in time. */
  async metrics(withinMs: number, only: "losses" | null = null): Promise<MetricFamily[][]> {
    const answers = [...this.#connections].filter((connection) => connection.state).map((connection) => this.#ask(connection, { type: "metrics", only, pending: this.#pendingMetrics, withinMs }));
    return (await Promise.all(answers)).filter((families) => families !== null);
  }

  /** What every gateway knows of conflicts that it keeps in memory only, from those that answer in time. */
  async conflicts(withinMs: number): Promise<ConflictReport[]> {
    const answers = [...this.#connections].filter((connection) => connection.state).map((connection) => this.#ask(connection, { type: "conflicts", pending: this.#pendingConflicts, withinMs }));
    return (await Promise.all(answers)).filter((report) => report !== null);
  }

  /** How each gateway sees the targets of services, from those that answer in time. */
  async targets(withinMs: number): Promise<TargetState[][]> {
    const answers = [...this.#connections].filter((connection) => connection.state).map((connection) => this.#ask(connection, { type: "targets", pending: this.#pendingTargets, withinMs }));
    return (await Promise.all(answers)).filter((states) => states !== null);
  }

  /** What each gateway keeps of answers, and how many it has forgotten because `purge` says so. */
  async caches(withinMs: number, purge: CachePurge | null = null): Promise<CacheReport[]> {
    const answers = [...this.#connections].filter((connection) => connection.state).map((connection) => this.#ask(connection, { type: "caches", purge, pending: this.#pendingCaches, withinMs }));
    return (await Promise.all(answers)).filter((report) => report !== null);
  }

  /** What came of copies for mirrors at each gateway; `forget` names a service whose counting begins anew. */
  async mirrors(withinMs: number, forget: string | null = null): Promise<MirrorState[][]> {
    const answers = [...this.#connections].filter((connection) => connection.state).map((connection) => this.#ask(connection, { type: "mirrors", forget, pending: this.#pendingMirrors, withinMs }));
    return (await Promise.all(answers)).filter((states) => states !== null);
  }

  /** Models, keys and aliases of each gateway, from those that answer in time. */
  async models(withinMs: number): Promise<ModelState[]> {
    const answers = [...this.#connections].filter((connection) => connection.state).map((connection) => this.#ask(connection, { type: "models", pending: this.#pendingModels, withinMs }));
    return (await Promise.all(answers)).filter((state) => state !== null);
  }

  /** One gateway writes a kept version again; null where there is none, or it does not answer in time, and then it may still do it. */
  async restore(order: RestoreOrder, withinMs: number): Promise<RestoreOutcome | null> {
    const connection = [...this.#connections].find(({ state }) => state !== null);
    return connection ? this.#ask(connection, { type: "restore", order, pending: this.#pendingRestores, withinMs }) : null;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: ConstructorParameters<typeof GatewayConnection>[0]): void {
    const connection = new GatewayConnection(socket, (message) => this.#take(connection, message));
    this.#connections.add(connection);
    connection.onClose(() => {
      this.#connections.delete(connection);
      if (connection.state) this.#events.onDisconnected(connection.state);
    });
  }

  #take(connection: GatewayConnection, message: GatewayMessage): void {
    switch (message.type) {
      case "hello":
        if (this.#early === null) this.#greet(connection, message);
        else this.#early.push({ connection, hello: message });
        return;
      case "applied":
        if (connection.state) connection.state.snapshotVersion = message.version;
        for (const look of this.#awaitingVersion) look();
        return;
      case "resync":
        return this.#send(connection, this.#events.wholeLines());
      case "sealed": return this.#events.onSealed(message.segment);
      case "calls": return this.#events.onCalls(message.records, message.dropped);
      case "metrics":
        this.#pendingMetrics.get(message.request)?.(message.families);
        return;
      case "targets":
        this.#pendingTargets.get(message.request)?.(message.states);
        return;
      case "caches":
        this.#pendingCaches.get(message.request)?.(message);
        return;
      case "mirrors":
        this.#pendingMirrors.get(message.request)?.(message.states);
        return;
      case "models":
        this.#pendingModels.get(message.request)?.(message.state);
        return;
      case "conflicts":
        this.#pendingConflicts.get(message.request)?.(message);
        return;
      case "restored":
        this.#pendingRestores.get(message.request)?.(message.outcome);
        return;
    }
  }

  #greet(connection: GatewayConnection, hello: Hello): void {
    const { worker, pid, startedAt, snapshotVersion } = hello;
    connection.state = { worker, pid, startedAt, snapshotVersion, connectedAt: this.#events.now() };
    this.#send(connection, this.#events.linesSince(snapshotVersion));
    if (this.#watched) connection.send(watchMessage(this.#watched));
    this.#events.onConnected(connection.state);
  }

  /** Lines that lead to the newest version. */
  #send(connection: GatewayConnection, lines: Iterable<string>): void {
    connection.sendLines(lines);
    connection.sentVersion = this.#events.version();
  }

  #ask<Answer>(connection: GatewayConnection, question: Question<Answer>): Promise<Answer | null> {
    const { pending, withinMs } = question;
    const request = this.#nextRequest++;
    return new Promise((resolve) => {
      const finish = (answer: Answer | null): void => {
        clearTimeout(timer);
        pending.delete(request);
        resolve(answer);
      };
      const timer = setTimeout(() => finish(null), withinMs);
      pending.set(request, finish);
      connection.send(asMessage(question, request));
    });
  }
}

function watchMessage(queries: readonly string[] | null): ControlMessage {
  if (queries === null) return { type: "watch", on: false };
  return queries.length === 0 ? { type: "watch", on: true } : { type: "watch", on: true, queries: [...queries] };
}

function asMessage(question: Asked, request: number): ControlMessage {
  if (question.type === "restore") return { type: "restore", request, order: question.order };
  if (question.type === "metrics") return { type: "metrics", request, ...(question.only === null ? {} : { only: question.only }) };
  if (question.type === "caches") return { type: "caches", request, ...(question.purge === null ? {} : { purge: question.purge }) };
  if (question.type === "mirrors") return { type: "mirrors", request, ...(question.forget === null ? {} : { forget: question.forget }) };
  return { type: question.type, request };
}
