/**
 * Moves sealed bodies of calls from their spool into the store of bodies, and opens those of one call for whoever may see
 * them. A segment's file goes only when its lines are in; what is no such line is skipped.
 */
import { readFile, unlink } from "node:fs/promises";
import { bodiesPurpose, type CallBodies, type SealedBodies } from "@parley/contract/call-bodies";
import { isSealed, openSecret } from "@parley/contract/secrets";
import type { BodyStore } from "@parley/stores/ports/body-store";
import { sealedSegments } from "./sealed-segments.ts";

export interface BodyIntakePorts {
  spool: string;
  store: BodyStore;
  masterKey: Buffer;
  /** Of all kept bodies together. */
  mostBytes: () => number;
  onError: (segment: string, error: unknown) => void;
}

const everyMs = 2_000;
/** Put in at once, so that other work comes in between. */
const batchBytes = 1024 * 1024;
const freshenWithinMs = 1_500;

export class BodyIntake {
  readonly #ports: BodyIntakePorts;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;

  constructor(ports: BodyIntakePorts) {
    this.#ports = ports;
  }

  get store(): BodyStore {
    return this.#ports.store;
  }

  start(): void {
    this.#timer = setInterval(() => void this.run(), everyMs);
    void this.run();
  }

  /** Takes in what is sealed now. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#work().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Null where nothing is kept of the call. Throws where the master key is another one. */
  async read(callId: string): Promise<CallBodies | null> {
    const { store, masterKey } = this.#ports;
    const sealed = (await store.get(callId)) ?? (await this.#fresh().then(() => store.get(callId)));
    return sealed === null ? null : (JSON.parse(openSecret(masterKey, bodiesPurpose(callId), sealed)) as CallBodies);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.run();
    await this.#ports.store.close();
  }

  async #fresh(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, freshenWithinMs)));
    await Promise.race([this.run(), enough]);
    clearTimeout(timer);
  }

  async #work(): Promise<void> {
    const { spool, store, mostBytes, onError } = this.#ports;
    const segments = await sealedSegments(spool);
    for (const { name, path } of segments) {
      try {
        for (const batch of batchesOf(await readFile(path, "utf8"))) {
          await store.add(batch);
          await new Promise(setImmediate);
        }
        await unlink(path);
        this.#isFailing = false;
      } catch (error) {
        // Once until it works again: the segments wait, and the gateway's spool has its bound.
        if (!this.#isFailing) onError(name, error);
        this.#isFailing = true;
        return;
      }
    }
    if (segments.length > 0) await store.limitTo(mostBytes()).catch((error: unknown) => onError("", error));
  }
}

function* batchesOf(text: string): Generator<SealedBodies[]> {
  let batch: SealedBodies[] = [];
  let bytes = 0;
  for (const line of text.split("\n")) {
    const bodies = bodiesOf(line);
    if (bodies === null) continue;
    batch.push(bodies);
    bytes += line.length;
    if (bytes < batchBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

function bodiesOf(line: string): SealedBodies | null {
  try {
    const { id, at, service, sealed } = JSON.parse(line) as SealedBodies;
    return typeof id === "string" && typeof at === "number" && typeof service === "string" && typeof sealed === "string" && isSealed(sealed) ? { id, at, service, sealed } : null;
  } catch {
    return null;
  }
}
