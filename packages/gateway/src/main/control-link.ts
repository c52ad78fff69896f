/** What ties a worker to the control plane: the snapshot that it runs on, the orders and questions that come, and what it reports. */
import type { GatewayMessage } from "@parley/contract/channel";
import { dataDirectory } from "@parley/contract/data-directory";
import type { GatewayProcessOptions } from "@parley/contract/processes";
import type { Snapshot } from "@parley/contract/snapshot";
import type { Logger } from "pino";
import { ControlChannel } from "../snapshot/control-channel.ts";
import type { CurrentSnapshot } from "../snapshot/current-snapshot.ts";
import type { WholeMessage } from "../snapshot/message-parts.ts";
import type { SavedSnapshot } from "../snapshot/saved-snapshot.ts";
import type { LiveCalls } from "../telemetry/live-calls.ts";
import { answerTo, type AnsweringParts } from "./answers.ts";

export interface ControlLinkParts {
  options: GatewayProcessOptions;
  saved: SavedSnapshot;
  startedAtMs: number;
  snapshot: CurrentSnapshot;
  live: Pick<LiveCalls, "watch">;
  /** What questions are answered from. */
  told: () => AnsweringParts;
  restore: (message: Extract<WholeMessage, { type: "restore" }>) => void;
  log: Logger;
}

export class ControlLink {
  readonly #parts: ControlLinkParts;
  #channel: ControlChannel | null = null;
  #isThere: () => void = () => {};
  /** Resolves once a snapshot is in force: the saved one, or else the control plane's first. */
  readonly firstSnapshot = new Promise<void>((resolve) => (this.#isThere = resolve));

  constructor(parts: ControlLinkParts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    await this.#useSavedSnapshot();
    const { options, log } = this.#parts;
    this.#channel = new ControlChannel({ socketPath: dataDirectory(options.data).socket, hello: () => this.#hello(), receive: (message) => this.#receive(message), isFirst: () => this.#parts.snapshot.version === 0, log });
  }

  /** Lost while nobody is there to read it: false. */
  send(message: GatewayMessage): boolean {
    return this.#channel?.send(message) ?? false;
  }

  /** Puts a snapshot in force that did not come over the channel. */
  async replaceSnapshot(snapshot: Snapshot): Promise<void> {
    await this.#parts.snapshot.replace(snapshot);
    this.#isThere();
  }

  async close(): Promise<void> {
    await this.#channel?.close();
  }

  async #useSavedSnapshot(): Promise<void> {
    const { options, log } = this.#parts;
    try {
      const saved = await this.#parts.saved.take(dataDirectory(options.data).snapshot);
      if (saved === null) return;
      await this.#parts.snapshot.replace(saved.snapshot, saved.parts, saved.keys);
      this.#isThere();
    } catch (error) {
      log.error({ error }, "the saved snapshot cannot be used; waiting for the control plane");
    }
  }

  #receive(message: WholeMessage): void {
    const { snapshot, live, told, restore } = this.#parts;
    switch (message.type) {
      case "snapshot":
        void this.#inForce(message.snapshot.version, snapshot.replace(message.snapshot, message.parts, message.keys));
        break;
      case "delta":
        void this.#inForce(message.delta.version, snapshot.apply(message.delta));
        break;
      case "watch":
        live.watch(message.on, message.queries ?? null);
        break;
      case "metrics":
      case "targets":
      case "mirrors":
      case "models":
      case "conflicts":
      case "caches":
        this.send(answerTo(message, told()));
        break;
      case "restore":
        restore(message);
        break;
    }
  }

  async #inForce(version: number, applying: Promise<boolean>): Promise<void> {
    const since = performance.now();
    try {
      if (!(await applying)) {
        this.send({ type: "resync" });
        return;
      }
      this.send({ type: "applied", version, tookMs: performance.now() - since });
      this.#isThere();
    } catch (error) {
      this.#parts.log.error({ error, version }, "a snapshot could not be put in force; the one before stays");
    }
  }

  #hello(): GatewayMessage {
    const { options, startedAtMs, snapshot } = this.#parts;
    return { type: "hello", worker: options.worker, pid: process.pid, startedAt: startedAtMs, snapshotVersion: snapshot.version };
  }
}
