/**
 * The access log: lines in memory, a quarter of a second later in the file or on standard output. No call waits for it
 * and none fails with it: what the disk does not take, or what would pass the bound, is dropped and counted. A file that
 * was moved away or removed is opened anew, so that it can be rotated without a signal. May import the contract only.
 */
import { write } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { open, stat, type FileHandle } from "node:fs/promises";
import type { CallRecord } from "@parley/contract/call-record";
import type { MetricFamily } from "@parley/contract/channel";
import type { Logging } from "@parley/contract/config/settings";
import { LossCount } from "@parley/contract/loss-count";
import { LineBuffer } from "../line-buffer.ts";
import { single } from "../process-metrics.ts";
import { type AccessFields, type AccessLine, combinedLine, jsonLine } from "./access-line.ts";

export interface AccessLogPorts {
  /** A file descriptor: a stream of Node's would write to a pipe while everybody waits. */
  standardOutput: number;
  log: { error(details: Record<string, unknown>, message: string): void };
  flushEveryMs?: number;
}

type Settings = NonNullable<Logging["access"]>;

const maxWaitingBytes = 8 * 1024 * 1024;
const complainEveryMs = 60_000;
const stuckAtMostMs = 5_000;

export class AccessLog {
  readonly dropped = new LossCount();
  readonly #ports: AccessLogPorts;
  #settings: Settings | null = null;
  #line: AccessLine = jsonLine;
  #waiting = new LineBuffer(maxWaitingBytes);
  #file: { handle: FileHandle; path: string } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  #busy = false;
  #complainedAtMs = -Infinity;

  constructor(ports: AccessLogPorts) {
    this.#ports = ports;
  }

  get isOn(): boolean {
    return this.#settings !== null;
  }

  configure(settings: Settings | null): void {
    if (this.#settings !== null) this.#tick();
    this.#settings = settings;
    this.#line = settings?.format === "combined" ? combinedLine : jsonLine;
    if (settings !== null) this.#timer ??= setInterval(() => this.#tick(), this.#ports.flushEveryMs ?? 250).unref();
  }

  ended(record: CallRecord, fields: AccessFields): void {
    if (this.#settings === null) return;
    if (this.#waiting.append(this.#line(record, fields))) return;
    this.dropped.add();
    this.#complain("lines of the access log come faster than they can be written, and are dropped");
  }

  families(labels: Record<string, string>): MetricFamily[] {
    return this.#timer === null ? [] : [single("counter", "parley_access_log_lines_dropped_total", "Lines that the access log could not take.", { labels, ...this.dropped.counted })];
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#work;
    await this.#flush();
    await this.#file?.handle.close().catch(() => {});
    this.#file = null;
    this.#settings = null;
  }

  #tick(): void {
    if (this.#busy || this.#waiting.lines === 0) return;
    this.#busy = true;
    this.#work = this.#flush().finally(() => (this.#busy = false));
  }

  async #flush(): Promise<void> {
    const { lines } = this.#waiting;
    const place = this.#settings?.file;
    if (lines === 0 || place === undefined) return;
    const parts = this.#waiting.take();
    try {
      if (place === "stdout") for (const part of parts) await writeAll(this.#ports.standardOutput, part);
      else {
        const handle = await this.#opened(place);
        // One write each: with several workers whole lines follow each other.
        for (const part of parts) await handle.appendFile(part);
      }
      this.#waiting.release(parts);
    } catch (error) {
      this.dropped.add(lines);
      this.#complain("lines of the access log cannot be written and are lost", error);
      await this.#file?.handle.close().catch(() => {});
      this.#file = null;
    }
  }

  /** The file that has the name now. */
  async #opened(path: string): Promise<FileHandle> {
    if (this.#file !== null && this.#file.path === path && (await isStillThere(this.#file.handle, path))) return this.#file.handle;
    await this.#file?.handle.close().catch(() => {});
    this.#file = null;
    this.#file = { handle: await open(path, "a", 0o600), path };
    return this.#file.handle;
  }

  #complain(message: string, error?: unknown): void {
    const now = performance.now();
    if (now - this.#complainedAtMs < complainEveryMs) return;
    this.#complainedAtMs = now;
    this.#ports.log.error({ error, dropped: this.dropped.count, file: this.#settings?.file }, message);
  }
}

/** A pipe that nobody reads takes nothing; its reader gets a while. */
async function writeAll(descriptor: number, bytes: Buffer): Promise<void> {
  let written = 0;
  let stuckSinceMs = performance.now();
  while (written < bytes.length) {
    const now = await writeSome(descriptor, bytes.subarray(written));
    if (now > 0) stuckSinceMs = performance.now();
    else if (performance.now() - stuckSinceMs > stuckAtMostMs) throw new Error("nobody reads standard output");
    else await delay(10);
    written += now;
  }
}

function writeSome(descriptor: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) =>
    write(descriptor, bytes, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === "EAGAIN") resolve(0);
      else reject(error);
    }),
  );
}

async function isStillThere(handle: FileHandle, path: string): Promise<boolean> {
  const [ours, named] = await Promise.all([handle.stat(), stat(path).catch(() => null)]);
  return named !== null && named.ino === ours.ino && named.dev === ours.dev;
}
