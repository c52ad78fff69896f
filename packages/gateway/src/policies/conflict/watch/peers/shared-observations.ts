/**
 * Observing with several workers: each resource is followed by one of them, chosen by its path, and the others tell it what they
 * see. Hides the sockets, the merging and the choice; a route sees the same `Watcher` as with one worker. A worker that comes or
 * goes makes all of them start anew: what is forgotten is never held against anybody. Imports node:net and this folder.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listenPrivately } from "@parley/contract/private-socket";
import type { LostUpdate } from "../../observe/index.ts";
import type { WatchedRoute, Watcher } from "../watcher.ts";
import { MergedOrder } from "./merged-order.ts";
import type { Observation, PeerMessage } from "./observation.ts";
import { OpenFindings } from "./open-findings.ts";
import { PeerLink } from "./peer-link.ts";

export interface SharedObservationsOptions {
  worker: number;
  workers: number;
  /** Where a worker listens for the others. */
  socketOf: (worker: number) => string;
  warn(message: string): void;
}

const reconnectMs = 100;
/** How long an observation waits at most before the others are asked how far they are. */
const askEveryMs = 20;
const maxPendingBytes = 32 * 1024 * 1024;
/** Of bodies to other workers, in a second. What is more is told as seen, and not compared. */
const toldBytesPerSecond = 32 * 1024 * 1024;

export class SharedObservations {
  readonly #options: SharedObservationsOptions;
  readonly #routes = new Map<string, WatchedRoute>();
  readonly #order: MergedOrder<Observation>;
  readonly #findings = new OpenFindings<() => void>();
  /** To those who follow resources that are seen here, and from those who see what is followed here. */
  readonly #outgoing = new Map<number, PeerLink>();
  readonly #incoming = new Map<number, PeerLink>();
  #server: Server | null = null;
  #asking: NodeJS.Timeout | null = null;
  #room = toldBytesPerSecond;
  #roomAtMs = 0;
  #closed = false;

  constructor(options: SharedObservationsOptions) {
    this.#options = options;
    this.#order = new MergedOrder({
      poll: (round) => this.#incoming.forEach((link) => link.send({ kind: "poll", round })),
      apply: (item) => this.#apply(item),
      forget: () => {
        this.#findings.clear();
        this.#routes.forEach((route) => route.forget());
      },
      sizeOf: bytesOf,
      maxBytes: maxPendingBytes,
    });
  }

  start(): void {
    const { worker, workers, socketOf } = this.#options;
    const server = createServer((socket) => this.#accepted(socket));
    this.#server = server;
    const failed = (error: Error): void => this.#options.warn(`lost updates between workers are not found: ${error.message}`);
    void listenPrivately(server, socketOf(worker)).then(() => server.on("error", failed), failed);
    server.unref();
    for (let peer = 0; peer < workers; peer += 1) if (peer !== worker) this.#connect(peer);
  }

  close(): void {
    this.#closed = true;
    if (this.#asking) clearTimeout(this.#asking);
    this.#server?.close();
    for (const link of [...this.#outgoing.values(), ...this.#incoming.values()]) link.close();
  }

  /** Takes the place of what the service had before. */
  watch(service: string, route: WatchedRoute): Watcher {
    this.#routes.set(service, route);
    return {
      nowMs: () => this.#nowMs(),
      read: (seen, stampMs) => this.#tell(seen.path, { kind: "read", service, stampMs, seen }),
      write: (seen, about) => {
        this.#tell(seen.path, { kind: "write", service, stampMs: this.#nowMs(), seen, about });
        return null;
      },
      removed: (path) => this.#tell(path, { kind: "removed", service, stampMs: this.#nowMs(), path }),
      overtaken: (path, actor) => route.observer.overtaken(path, actor),
    };
  }

  /** CLOCK_MONOTONIC, which all processes of a machine share; `performance.now()` counts from each one's own start. */
  #nowMs(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }

  #tell(path: string, observation: Observation): void {
    const owner = ownerOf(path, this.#options.workers);
    if (owner === this.#options.worker) return this.#pend(observation);
    this.#outgoing.get(owner)?.send(this.#hasRoom(observation) ? observation : withoutBodies(observation));
  }

  #pend(observation: Observation): void {
    this.#order.add(observation);
    this.#askSoon();
  }

  #askSoon(): void {
    if (this.#asking !== null || !this.#order.isPending) return;
    this.#asking = setTimeout(() => {
      this.#asking = null;
      this.#order.ask();
      this.#askSoon();
    }, askEveryMs).unref();
  }

  #apply(observation: Observation): void {
    const route = this.#routes.get(observation.service);
    if (route === undefined) return;
    switch (observation.kind) {
      case "read":
        return route.observer.read(observation.seen);
      case "removed":
        return route.observer.removed(observation.path);
      case "write": {
        const lost = route.observer.write(observation.seen);
        if (lost !== null) this.#askOthers(observation, lost, () => void route.found(lost, observation.about));
        return;
      }
      case "question": {
        const { id, from, resource, actor, since } = observation;
        this.#incoming.get(from)?.send({ kind: "answer", id, hasSeen: route.observer.sawListAbove(resource, actor, since) });
      }
    }
  }

  #askOthers({ service, stampMs }: Observation, { resource, actor, lost }: LostUpdate, found: () => void): void {
    const others = [...this.#outgoing.keys()];
    const id = others.length < this.#options.workers - 1 ? null : this.#findings.open(found, others);
    if (id === null) return;
    const since = Math.max(...lost.map(({ at }) => at));
    for (const link of this.#outgoing.values()) link.send({ kind: "question", service, stampMs, id, from: this.#options.worker, resource, actor, since });
  }

  #hasRoom(observation: Observation): boolean {
    const now = performance.now();
    this.#room = Math.min(toldBytesPerSecond, this.#room + ((now - this.#roomAtMs) / 1_000) * toldBytesPerSecond);
    this.#roomAtMs = now;
    const bytes = bytesOf(observation);
    if (bytes > this.#room) return false;
    this.#room -= bytes;
    return true;
  }

  #connect(peer: number): void {
    if (this.#closed) return;
    const socket = connect(this.#options.socketOf(peer));
    const link: PeerLink = new PeerLink(socket, {
      message: (message) => {
        if (message.kind === "poll") link.send({ kind: "reached", round: message.round, stampMs: this.#nowMs() });
        else if (message.kind === "answer") this.#findings.told(message.id, peer, message.hasSeen)?.();
      },
      closed: () => {
        if (this.#outgoing.get(peer) === link) this.#outgoing.delete(peer);
        setTimeout(() => this.#connect(peer), reconnectMs).unref();
      },
    });
    socket.on("connect", () => {
      link.send({ kind: "hello", worker: this.#options.worker });
      this.#outgoing.set(peer, link);
    });
  }

  #accepted(socket: Socket): void {
    let peer = -1;
    const link: PeerLink = new PeerLink(socket, {
      message: (message) => {
        if (message.kind === "hello") this.#joined((peer = message.worker), link);
        else this.#received(peer, message);
      },
      closed: () => {
        if (this.#incoming.get(peer) !== link) return;
        this.#incoming.delete(peer);
        this.#peersChanged();
      },
    });
  }

  #joined(peer: number, link: PeerLink): void {
    this.#incoming.get(peer)?.close();
    this.#incoming.set(peer, link);
    this.#peersChanged();
  }

  #received(peer: number, message: PeerMessage): void {
    if (message.kind === "reached") this.#order.reached(peer, message);
    else if (message.kind !== "hello" && message.kind !== "poll" && message.kind !== "answer") this.#pend(message);
  }

  #peersChanged(): void {
    this.#order.peersChanged(new Set(this.#incoming.keys()), this.#incoming.size === this.#options.workers - 1);
  }
}

/** FNV-1a: spreads paths evenly, and the same in all workers. */
function ownerOf(path: string, workers: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < path.length; index += 1) hash = Math.imul(hash ^ path.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % workers;
}

function bytesOf(observation: Observation): number {
  const bodies = observation.kind === "removed" || observation.kind === "question" ? 0 : piecesBytes(observation.seen.body) + (observation.kind === "write" ? piecesBytes(observation.seen.answer) : 0);
  return 500 + bodies;
}

function piecesBytes(body: Buffer | readonly Buffer[] | null): number {
  if (body === null) return 0;
  return Buffer.isBuffer(body) ? body.length : body.reduce((sum, piece) => sum + piece.length, 0);
}

function withoutBodies(observation: Observation): Observation {
  switch (observation.kind) {
    case "read":
      return { ...observation, seen: { ...observation.seen, body: null } };
    case "write":
      return { ...observation, seen: { ...observation.seen, body: null, answer: null } };
    case "removed":
    case "question":
      return observation;
  }
}
