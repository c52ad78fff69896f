/** For tests: the gateway's end of the channel, over the real socket. Keeps what it is sent and holds the snapshot that follows. */
import { connect, type Socket } from "node:net";
import type { ControlMessage, GatewayMessage } from "@parley/contract/channel";
import { JsonLines } from "@parley/contract/json-lines";
import { emptySnapshot, type Snapshot, type SnapshotDelta } from "@parley/contract/snapshot";

export class TestGateway {
  readonly messages: ControlMessage[] = [];
  snapshot: Snapshot = emptySnapshot();
  readonly #socket: Socket;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = new JsonLines(256 * 1024 * 1024, (message) => this.#take(message as ControlMessage));
    socket.on("data", (chunk) => lines.push(chunk));
    socket.on("error", () => undefined);
  }

  static async connect(path: string, hello: { worker?: number; snapshotVersion?: number } = {}): Promise<TestGateway> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const gateway = new TestGateway(socket);
    gateway.send({ type: "hello", worker: hello.worker ?? 0, pid: process.pid, startedAt: Date.now(), snapshotVersion: hello.snapshotVersion ?? 0 });
    return gateway;
  }

  send(message: GatewayMessage): void {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Resolves once what arrived makes it true; the test's own time limit ends it otherwise. */
  async until(condition: (gateway: TestGateway) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(message: ControlMessage): void {
    this.messages.push(message);
    if (message.type === "snapshot") this.snapshot = message.snapshot;
    if (message.type === "delta") this.#apply(message.delta);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #apply(delta: SnapshotDelta): void {
    if (delta.base !== this.snapshot.version) throw new Error(`a delta from ${delta.base} came for ${this.snapshot.version}`);
    this.snapshot = structuredClone(this.snapshot);
    for (const { kind, name, value } of delta.changes) {
      const entities = this.snapshot.entities[kind] as Record<string, unknown>;
      if (value === null) delete entities[name];
      else entities[name] = value;
    }
    this.snapshot.version = delta.version;
  }
}
